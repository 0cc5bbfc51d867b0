package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ContentMetadata;
import dev.earshot.ContentMetadata.Opcode;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code cat} connects to a listener of the test's, which sees what is on the wire. */
@Tag("network")
class CatPeerNetworkTest {
  private static final int SECONDS = 30;
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
    listener.start((self, connection) -> arrived.add(connection.start()), Runnable::run);
    get(listener.ready());
    return String.valueOf(listener.port().getAsInt());
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
  @ValueSource(strings = {"tcp", "ws"})
  void whatWasSentBeforeAPeerLeftAtOnceIsWritten(String transport) throws Exception {
    String port = listen(transport.equals("tcp") ? Parameters.tcp() : Parameters.webSocket());
    for (int i = 0; i < 20; i++) {
      try (CatRun cat = CatRun.start("127.0.0.1", port, "-s", "none", "-t", transport, "-d")) {
        Connection peer = accepted();
        get(peer.send(Payload.utf8("in passing"), SendOptions.FINAL));
        assertThat(cat.exitCode()).as(cat.errors()).isZero();
        assertThat(cat.output()).isEqualTo("in passing");
      }
    }
  }

  @Test
  void aPeerThatVanishesIsToldInWords() throws Exception {
    String port = listen(Parameters.webSocket());
    try (CatRun cat = CatRun.start("127.0.0.1", port, "-s", "none")) {
      accepted().forceCancel();
      assertThat(cat.exitCode()).isEqualTo(1);
      assertThat(cat.errors().lines()).singleElement().asString().contains("127.0.0.1:" + port);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws"})
  void aPeerThatDoesNotReadSlowsTheInput(String transport) throws Exception {
    String port = listen(transport.equals("tcp") ? Parameters.tcp() : Parameters.webSocket());
    AtomicLong read = new AtomicLong();
    try (CatRun cat =
        CatRun.start(
            new Endless(read),
            OutputStream.nullOutputStream(),
            "127.0.0.1",
            port,
            "-s",
            "none",
            "-t",
            transport)) {
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
  @ValueSource(strings = {"tcp", "ws"})
  void anOutputThatIsSlowSlowsThePeer(String transport) throws Exception {
    String port = listen(transport.equals("tcp") ? Parameters.tcp() : Parameters.webSocket());
    Sluice out = new Sluice();
    InputStream in = InputStream.nullInputStream();
    try (CatRun cat =
        CatRun.start(in, out, "127.0.0.1", port, "-s", "none", "-t", transport, "--no-input")) {
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
  @ValueSource(strings = {"tcp", "ws"})
  void moreThanEverybodyKeepsComesBackFromAnEcho(String transport) throws Exception {
    String port = listen(transport.equals("tcp") ? Parameters.tcp() : Parameters.webSocket());
    Sluice out = new Sluice();
    out.opened.countDown();
    try (CatRun cat =
        CatRun.start(
            new ByteArrayInputStream(new byte[(int) (2 * BOUND)]),
            out,
            "127.0.0.1",
            port,
            "-s",
            "none",
            "-t",
            transport,
            "--quit-after", // a farewell of WebSocket's may overtake an answer
            "2")) {
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
