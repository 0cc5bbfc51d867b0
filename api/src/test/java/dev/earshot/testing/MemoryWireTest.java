package dev.earshot.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import dev.earshot.spi.Port;
import dev.earshot.spi.StreamSecurity;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryWireTest {
  private static final int PORT = 4242;

  private final VirtualTime time = new VirtualTime(5);
  private final MemoryWire wire = new MemoryWire(time);
  private final MemoryTransport here = wire.computer("10.0.0.1");
  private final MemoryTransport there = wire.computer("10.0.0.2");
  private final Side dialling = new Side();
  private final Side dialled = new Side();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void contentGoesBothWaysInOrder(boolean messages) {
    connect(messages ? Parameters.webSocket().build() : Parameters.tcp().build());
    dialling.send("ping");
    dialling.send("pong");
    dialled.send("back");
    time.advance(Duration.ofSeconds(1));
    assertThat(dialled.text()).isEqualTo(messages ? "ping|pong|" : "pingpong");
    assertThat(dialling.text()).isEqualTo(messages ? "back|" : "back");
  }

  @Test
  void noMoreIsTakenThanFitsWhileNobodyReads() {
    wire.capacity(1_000);
    dialled.reading = false;
    connect(Parameters.tcp().build());
    for (int i = 0; i < 100; i++) {
      dialling.send("x".repeat(100));
    }
    time.advance(Duration.ofSeconds(1));
    assertThat(dialling.outgoing).hasSize(90);
    dialled.reading = true;
    dialled.onLoop(() -> dialled.pipe().read());
    time.advance(Duration.ofSeconds(1));
    assertThat(dialled.text()).hasSize(10_000);
  }

  @Test
  void farewellComesAfterEverythingElse() {
    connect(Parameters.webSocket().build());
    dialling.send("last words");
    dialling.onLoop(() -> dialling.pipe().close());
    time.advance(Duration.ofSeconds(1));
    assertThat(dialled.text()).isEqualTo("last words|end");
    assertThat(dialled.events).containsExactly("ready", "closed");
    assertThat(dialling.events).containsExactly("connected", "ready", "closed");
    assertThat(wire.open()).containsExactly("port of computer at [/10.0.0.2]");
  }

  @Test
  void halfClosedStreamsGoOnTheOtherWay() {
    connect(Parameters.tcp().build());
    dialling.send(Payload.utf8("question"), SendOptions.FINAL);
    time.advance(Duration.ofSeconds(1));
    dialled.send(Payload.utf8("answer"), SendOptions.FINAL);
    time.advance(Duration.ofSeconds(1));
    assertThat(dialled.text()).isEqualTo("questionend");
    assertThat(dialling.text()).isEqualTo("answerend");
    assertThat(dialling.events).endsWith("closed");
    assertThat(dialled.events).endsWith("closed");
  }

  @Test
  void wrongKeysAreToldToBothSides() {
    byte[] key = new byte[32];
    byte[] other = new byte[32];
    other[0] = 1;
    connect(secured(key), secured(other));
    assertThat(reason(dialling)).isEqualTo(HandshakeException.Reason.WRONG_KEY);
    assertThat(reason(dialled)).isEqualTo(HandshakeException.Reason.WRONG_KEY);
  }

  @Test
  void equalKeysAgree() {
    byte[] key = new byte[32];
    connect(secured(key), secured(key));
    assertThat(dialling.pipe().securityMetadata()).isPresent();
    assertThat(dialled.pipe().securityMetadata()).isPresent();
  }

  @Test
  void faultsDoWhatTheirNamesSay() {
    wire.plan(LinkFault.REFUSE);
    connect(Parameters.webSocket().build());
    assertThat(dialling.failure()).isInstanceOf(UnreachableException.class);
    assertThat(dialled.events).isEmpty();
  }

  @Test
  void aFlowFaultStrikesAsSoonAsBothAreUp() {
    wire.plan(LinkFault.CORRUPT);
    connect(Parameters.webSocket().build());
    assertThat(dialling.failure()).isInstanceOf(FramingException.class);
    assertThat(dialled.failure()).isInstanceOf(FramingException.class);
  }

  @Test
  void whatIsCutIsToldToBothSides() {
    connect(Parameters.webSocket().build());
    wire.strike(LinkFault.CUT);
    time.advance(Duration.ofSeconds(1));
    assertThat(dialling.failure()).isInstanceOf(ConnectionLostException.class);
    assertThat(dialled.failure()).isInstanceOf(ConnectionLostException.class);
  }

  @Test
  void whatStalledArrivesWhenItIsHealed() {
    connect(Parameters.webSocket().build());
    wire.strike(LinkFault.STALL);
    dialling.send("late");
    time.advance(Duration.ofMinutes(1));
    assertThat(dialled.text()).isEmpty();
    wire.heal();
    time.advance(Duration.ofSeconds(1));
    assertThat(dialled.text()).isEqualTo("late|");
  }

  private static Parameters secured(byte[] key) {
    return Parameters.webSocket().security(Security.psk(PreSharedKey.of("id", key))).build();
  }

  private static HandshakeException.Reason reason(Side side) {
    return ((HandshakeException) side.failure()).reason();
  }

  private void connect(Parameters parameters) {
    connect(parameters, parameters);
  }

  private void connect(Parameters dial, Parameters listen) {
    Loop portLoop = there.nextLoop();
    ListenRequest request =
        new ListenRequest(
            List.of(new InetSocketAddress(MemoryWire.address("0.0.0.0"), PORT)),
            listen,
            security(listen));
    portLoop.execute(() -> there.listen(portLoop, request, new Accepting()));
    time.runUntilIdle();
    Loop loop = here.nextLoop();
    dialling.loop = loop;
    DialRequest to =
        new DialRequest(
            new InetSocketAddress(MemoryWire.address("10.0.0.2"), PORT),
            Optional.empty(),
            Endpoint.hostPort("10.0.0.2", PORT),
            dial,
            security(dial));
    loop.execute(() -> here.dial(loop, to, dialling));
    time.advance(Duration.ofSeconds(1));
  }

  private static Optional<StreamSecurity> security(Parameters parameters) {
    return parameters.security() instanceof Security.None
        ? Optional.empty()
        : Optional.of(new MemorySecurity().streamSecurity(parameters.security()));
  }

  private final class Accepting implements Port.Events {
    @Override
    public void bound(int number) {}

    @Override
    public void accepted(Arrival arrival) {
      dialled.loop = arrival.loop();
      arrival.loop().execute(() -> arrival.open(dialled));
    }

    @Override
    public void failed(NetworkException cause) {
      throw new AssertionError(cause);
    }
  }

  private static final class Side implements Dial.Events, Pipe.Inbound, Pipe.Outbound {
    private final List<String> events = new ArrayList<>();
    private final List<Received> received = new ArrayList<>();
    private final ArrayDeque<Outgoing> outgoing = new ArrayDeque<>();
    private boolean reading = true;
    private @Nullable Loop loop;
    private @Nullable Pipe pipe;
    private @Nullable NetworkException failure;

    private record Item(Payload content, SendOptions options) implements Outgoing {}

    Pipe pipe() {
      assertThat(pipe).isNotNull();
      return pipe;
    }

    NetworkException failure() {
      assertThat(failure).isNotNull();
      return failure;
    }

    void onLoop(Runnable task) {
      assertThat(loop).isNotNull();
      loop.execute(task);
    }

    void send(String text) {
      send(Payload.utf8(text), SendOptions.DEFAULT);
    }

    void send(Payload content, SendOptions options) {
      onLoop(
          () -> {
            outgoing.add(new Item(content, options));
            pipe().wakeUp();
          });
    }

    String text() {
      StringBuilder text = new StringBuilder();
      for (Received each : received) {
        text.append(each.content().toUtf8String())
            .append(each.endOfMessage() ? "|" : "")
            .append(each.endOfStream() ? "end" : "");
      }
      return text.toString();
    }

    @Override
    public void connected(NetworkPath path) {
      events.add("connected");
    }

    @Override
    public void ready(Pipe established) {
      events.add("ready");
      pipe = established;
      established.attach(this, this);
      if (reading) {
        established.read();
      }
    }

    @Override
    public void failed(NetworkException cause) {
      events.add("failed");
      failure = cause;
    }

    @Override
    public void content(List<Received> batch) {
      received.addAll(batch);
      if (reading) {
        pipe().read();
      }
    }

    @Override
    public void moved(NetworkPath path) {
      throw new AssertionError("moved to " + path);
    }

    @Override
    public void ending(Runnable goOn) {
      goOn.run();
    }

    @Override
    public void closed() {
      events.add("closed");
    }

    @Override
    public @Nullable Outgoing poll() {
      return outgoing.poll();
    }

    @Override
    public void taken() {}
  }
}
