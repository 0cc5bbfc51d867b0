package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.ContentMetadata;
import dev.earshot.ContentMetadata.Opcode;
import dev.earshot.Identity;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.Identities;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code cat} connects to a listener of the test's, which sees what is on the wire. */
@Tag("network")
@Tag("once")
class CatPeerNetworkTest {
  private static final int SECONDS = 30;
  private static final Identity DEN = Identities.mint("Den");
  private static final long BOUND = 16 << 20; // sockets, budgets and pipes, of both sides

  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();
  private Network network;

  @BeforeEach
  void open() {
    network = Network.open();
  }

  @AfterEach
  void close() {
    network.close();
  }

  private String listen(Parameters.Builder parameters) throws Exception {
    parameters.requireLink(network.link(CommandLineNetworks.loopback()));
    Listener listener = network.listener(parameters.build());
    listener.start(new Door(), Runnable::run);
    get(listener.ready());
    return String.valueOf(listener.port().getAsInt());
  }

  /** A listener for a transport that carries bytes or messages, and what {@code cat} is to say. */
  private List<String> listen(String transport) throws Exception {
    String port;
    List<String> security = List.of("-s", "none");
    switch (transport) {
      case "tcp":
        port = listen(Parameters.tcp());
        break;
      case "ws":
        port = listen(Parameters.webSocket());
        break;
      case "quic":
        Security.Pki pki = Security.pki(DEN, TrustEvaluator.system()).withoutClientCertificate();
        port = listen(Parameters.quic("earshot-cat").security(pki));
        security = List.of("--pin", DEN.fingerprint().toString());
        break;
      default:
        throw new IllegalArgumentException(transport);
    }
    List<String> arguments = new ArrayList<>(List.of("127.0.0.1", port, "-t", transport));
    arguments.addAll(security);
    return arguments;
  }

  private static String[] with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Stream.of(more)).toArray(String[]::new);
  }

  /** Takes whoever comes, and of a group its streams. */
  private final class Door implements Listener.Handler, ConnectionGroup.Handler {
    @Override
    public void newConnection(Listener listener, Connection connection) {
      arrived.add(connection.start());
    }

    @Override
    public void newConnectionGroup(Listener listener, ConnectionGroup group) {
      group.start(this, Runnable::run);
    }

    @Override
    public void newStream(ConnectionGroup group, Connection stream) {
      arrived.add(stream.start());
    }
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }

  private Connection accepted() throws Exception {
    return get(arrived.poll(SECONDS, TimeUnit.SECONDS).ready());
  }

  @Test
  void theEndOfTheInputIsAFarewell() throws Exception {
    String port = listen(Parameters.webSocket());
    try (CatRun cat = CatRun.start("127.0.0.1", port, "-s", "none")) {
      cat.type("bytes").endInput();
      Connection peer = accepted();
      assertThat(get(peer.receiveMessage()))
          .isEqualTo(Received.message(Payload.utf8("bytes"), ContentMetadata.BINARY));
      assertThat(get(peer.receiveMessage())).isEqualTo(Received.end(closing(1000).metadata()));
      assertThat(cat.exitCode()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "quic"})
  void theEndOfTheInputIsTheEndOfItsDirection(String transport) throws Exception {
    try (CatRun cat = CatRun.start(with(listen(transport)))) {
      cat.type("question").endInput();
      Connection peer = accepted();
      StringBuilder asked = new StringBuilder();
      Received next;
      do {
        next = get(peer.receiveMessage());
        asked.append(next.content().toUtf8String());
      } while (!next.endOfStream());
      assertThat(asked).hasToString("question");
      assertThat(cat.isRunning()).isTrue();
      get(peer.send(Payload.utf8("answer"), SendOptions.FINAL));
      assertThat(cat.exitCode()).as(cat.errors()).isZero();
      assertThat(cat.output()).isEqualTo("answer");
    }
  }

  @Test
  void textIsSentAsText() throws Exception {
    String port = listen(Parameters.webSocket());
    try (CatRun cat = CatRun.start("127.0.0.1", port, "-s", "none", "--text", "--path", "/a?b")) {
      cat.type("grüße\n");
      Connection peer = accepted();
      assertThat(get(peer.receiveMessage()))
          .isEqualTo(Received.message(Payload.utf8("grüße"), ContentMetadata.TEXT));
      assertThat(peer.upgrade().orElseThrow().path()).isEqualTo("/a?b");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001})
  void aPeerThatIsDoneEndsItWell(int code) throws Exception {
    String port = listen(Parameters.webSocket());
    try (CatRun cat = CatRun.start("127.0.0.1", port, "-s", "none")) {
      Connection peer = accepted();
      get(peer.send(Payload.utf8("last words")));
      get(peer.send(Payload.empty(), closing(code)));
      assertThat(cat.exitCode()).isZero();
      assertThat(cat.output()).isEqualTo("last words");
    }
  }

  @Test
  void aPeerThatEndsItWithAnErrorIsToldInWords() throws Exception {
    String port = listen(Parameters.webSocket());
    try (CatRun cat = CatRun.start("127.0.0.1", port, "-s", "none")) {
      get(accepted().send(Payload.utf8("out of\7 order"), closing(1011)));
      assertThat(cat.exitCode()).isEqualTo(1);
      assertThat(cat.errors().lines())
          .singleElement()
          .isEqualTo("earshot: 127.0.0.1:" + port + " closed with 1011: out of\uFFFD order");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws", "quic"})
  void whatWasSentBeforeAPeerLeftAtOnceIsWritten(String transport) throws Exception {
    List<String> arguments = listen(transport);
    for (int i = 0; i < 20; i++) {
      try (CatRun cat = CatRun.start(with(arguments, "-d"))) {
        Connection peer = accepted();
        get(peer.send(Payload.utf8("in passing"), SendOptions.FINAL));
        assertThat(cat.exitCode()).as(cat.errors()).isZero();
        assertThat(cat.output()).isEqualTo("in passing");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "quic"})
  void aPeerThatVanishesIsToldInWords(String transport) throws Exception {
    List<String> arguments = listen(transport);
    try (CatRun cat = CatRun.start(with(arguments))) {
      cat.type("anybody there?");
      accepted().forceCancel();
      assertThat(cat.exitCode()).isEqualTo(1);
      assertThat(cat.errors().lines())
          .singleElement()
          .asString()
          .contains("127.0.0.1:" + arguments.get(1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws", "quic"})
  void aPeerThatDoesNotReadSlowsTheInput(String transport) throws Exception {
    List<String> arguments = listen(transport);
    AtomicLong read = new AtomicLong();
    try (CatRun cat =
        CatRun.start(new Endless(read), OutputStream.nullOutputStream(), with(arguments))) {
      Connection peer = accepted();
      long soFar = awaitStandstill(read);
      assertThat(soFar).isPositive().isLessThan(BOUND);
      long taken = 0;
      while (taken <= soFar) { // more than what has been read so far comes only if it goes on
        taken += get(peer.receiveMessage()).content().length();
      }
      peer.forceCancel();
      assertThat(cat.exitCode()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws", "quic"})
  void anOutputThatIsSlowSlowsThePeer(String transport) throws Exception {
    List<String> arguments = listen(transport);
    Sluice out = new Sluice();
    InputStream in = InputStream.nullInputStream();
    try (CatRun cat = CatRun.start(in, out, with(arguments, "--no-input"))) {
      Connection peer = accepted();
      AtomicLong sent = new AtomicLong();
      Thread sender = new Thread(() -> flood(peer, sent), "flood");
      sender.start();
      assertThat(awaitStandstill(sent)).isPositive().isLessThan(BOUND);
      out.opened.countDown();
      sender.join(TimeUnit.SECONDS.toMillis(SECONDS));
      get(peer.send(Payload.empty(), SendOptions.FINAL));
      assertThat(cat.exitCode()).isZero();
      assertThat(out.written.get()).isEqualTo(sent.get());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws", "quic"})
  void moreThanEverybodyKeepsComesBackFromAnEcho(String transport) throws Exception {
    List<String> arguments = listen(transport);
    Sluice out = new Sluice();
    out.opened.countDown();
    try (CatRun cat =
        CatRun.start(
            new ByteArrayInputStream(new byte[(int) (2 * BOUND)]),
            out,
            // A farewell of WebSocket's may overtake an answer.
            with(arguments, "--quit-after", "2"))) {
      get(Echo.on(accepted()));
      assertThat(cat.exitCode()).as(cat.errors()).isZero();
      assertThat(out.written.get()).isEqualTo(2 * BOUND);
    }
  }

  private static void flood(Connection peer, AtomicLong sent) {
    Payload chunk = Payload.wrap(new byte[64 << 10]);
    while (sent.get() < 4 * BOUND) {
      peer.send(chunk).join();
      sent.addAndGet(chunk.length());
    }
  }

  @Test
  void anOutputThatNobodyReadsEndsIt() throws Exception {
    String port = listen(Parameters.webSocket());
    Sluice broken = new Sluice();
    broken.opened.countDown();
    broken.broken = true;
    try (CatRun cat =
        CatRun.start(
            InputStream.nullInputStream(), broken, "127.0.0.1", port, "-s", "none", "-d")) {
      Connection peer = accepted();
      get(peer.send(Payload.utf8("for nobody")));
      assertThat(cat.exitCode()).isEqualTo(1);
      assertThat(cat.errors()).isEqualTo("earshot: standard output: Broken pipe\n");
      assertThat(get(peer.receiveMessage()).endOfStream()).isTrue();
    }
  }

  private static SendOptions closing(int code) {
    return new SendOptions(new ContentMetadata.WebSocket(Opcode.CLOSE, OptionalInt.of(code)), true);
  }

  /** The value of {@code counter} when half a second does not change it any more. */
  private static long awaitStandstill(AtomicLong counter) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < 2 * SECONDS; i++) {
      long before = counter.get();
      if (!never.await(500, TimeUnit.MILLISECONDS) && before > 0 && counter.get() == before) {
        return before;
      }
    }
    throw new TimeoutException("still going on: " + counter);
  }

  /** Bytes without end, counted. */
  private static final class Endless extends InputStream {
    private final AtomicLong read;

    Endless(AtomicLong read) {
      this.read = read;
    }

    @Override
    public int read() {
      read.incrementAndGet();
      return 0;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      read.addAndGet(length);
      return length;
    }
  }

  /** Takes nothing before it is opened. */
  private static final class Sluice extends OutputStream {
    private final CountDownLatch opened = new CountDownLatch(1);
    private final AtomicLong written = new AtomicLong();
    private volatile boolean broken;

    @Override
    public void write(int one) throws IOException {
      write(new byte[1], 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        opened.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (broken) {
        throw new IOException("Broken pipe");
      }
      written.addAndGet(length);
    }
  }
}
