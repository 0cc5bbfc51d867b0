package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.CancelledException;
import dev.earshot.ClosedByPeerException;
import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.QuicOptions;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TcpOptions;
import dev.earshot.UnreadableException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Files over real sockets: by the system on plain TCP, read on workers where it is protected. */
@Tag("network")
@ParameterizedClass
@MethodSource("ways")
class FileSendingNetworkTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final PreSharedKey KEY = PreSharedKey.of("den", new byte[32]);

  @Parameter String way;

  @TempDir Path folder;

  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();
  private Network network;
  private Connection here;
  private Connection there;
  private Path path;
  private FileChannel file;

  static Stream<String> ways() {
    return Natives.names()
        .flatMap(natives -> Stream.of("plain", "key", "quic").map(kind -> natives + " " + kind));
  }

  @BeforeEach
  void open() {
    LeakWatch.begin();
    network = Network.builder().transport(new QuicPair.Over(way.split(" ")[0])).open();
  }

  @AfterEach
  void close() throws IOException {
    network.close();
    if (file != null) {
      assertThat(file.isOpen()).as("the library leaves it open").isTrue();
      assertThat(file.position()).isZero();
      file.close();
    }
    assertThat(descriptorsOf(folder)).isEmpty();
    LeakWatch.assertNothingReported();
  }

  /** What this process holds open in {@code folder}, where the system tells. */
  private static List<String> descriptorsOf(Path folder) throws IOException {
    Path all = Path.of("/proc/self/fd");
    List<String> found = new ArrayList<>();
    if (Files.isDirectory(all)) {
      try (Stream<Path> links = Files.list(all)) {
        for (Path link : (Iterable<Path>) links::iterator) {
          if (Files.isSymbolicLink(link)) {
            String target = Files.readSymbolicLink(link).toString();
            if (target.startsWith(folder.toString())) {
              found.add(target);
            }
          }
        }
      }
    }
    return found;
  }

  private boolean isQuic() {
    return way.endsWith("quic");
  }

  private void connect() {
    connect(TcpOptions.DEFAULT);
  }

  private void connect(TcpOptions options) {
    Parameters.Builder tcp =
        Parameters.tcp().tcp(options).localAddress(InetAddress.getLoopbackAddress());
    if (way.endsWith("key")) {
      tcp.security(Security.psk(KEY));
    }
    Parameters listening =
        isQuic() ? QuicPair.parameters(QuicPair.DEN, QuicPair.LAB, quic()) : tcp.build();
    Parameters dialling =
        isQuic() ? QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, quic()) : listening;
    Listener listener = network.listener(listening).start(new Accepting(), Runnable::run);
    int port = End.await(listener.ready()).port().orElseThrow();
    here = network.connection(Endpoint.hostPort("127.0.0.1", port), dialling).start();
    End.await(here.ready());
    here.send(Payload.utf8("!")); // a stream of QUIC is not there before it has content
    there = QuicPair.poll(arrived);
    assertThat(End.await(there.receive(1, 1)).content()).isEqualTo(Payload.utf8("!"));
  }

  /** The one packet that says that it is over may be lost; then the silence says so, in time. */
  private static QuicOptions quic() {
    return QuicPair.options().idleTimeout(Duration.ofSeconds(5)).build();
  }

  private final class Accepting implements Listener.Handler {
    @Override
    public void newConnection(Listener listener, Connection connection) {
      arrived.add(connection.start());
    }

    @Override
    public void newConnectionGroup(Listener listener, ConnectionGroup group) {
      group.start(
          new ConnectionGroup.Handler() {
            @Override
            public void newStream(ConnectionGroup of, Connection stream) {
              arrived.add(stream.start());
            }
          },
          Runnable::run);
    }
  }

  /** Makes a file whose mebibytes all differ; its digest. */
  private byte[] make(int mebibytes) throws IOException {
    path = folder.resolve("large");
    byte[] piece = new byte[MEBIBYTE];
    MessageDigest digest = sha256();
    try (FileChannel made =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      new Random(5).nextBytes(piece);
      for (int i = 0; i < mebibytes; i++) {
        ByteBuffer.wrap(piece).putInt(0, i).putInt(MEBIBYTE - 4, -i);
        digest.update(piece);
        made.write(ByteBuffer.wrap(piece));
      }
    }
    file = FileChannel.open(path, StandardOpenOption.READ);
    return digest.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private int large() {
    return isQuic() ? 24 : 100;
  }

  private static Throwable failure(CompletableFuture<?> future) {
    try {
      End.await(future);
    } catch (CompletionException e) {
      return e.getCause();
    }
    throw new AssertionError("did not fail");
  }

  /** Reads on until the end, or until that fails; the number of bytes. */
  private long readAll(MessageDigest digest) {
    long count = 0;
    Received next = Received.bytes(Payload.empty());
    while (!next.endOfStream()) {
      next = End.await(there.receive(1, MEBIBYTE));
      count += next.content().length();
      digest.update(next.content().asByteBuffer());
    }
    return count;
  }

  @Test
  void aLargeFileArrivesWholeAtASlowReader() throws Exception {
    byte[] expected = make(large());
    connect();
    CompletableFuture<Void> sent = here.sendFile(file, 0, file.size());
    CompletableFuture<Void> end = here.send(Payload.empty(), SendOptions.FINAL);
    MessageDigest digest = sha256();
    for (int i = 0; i < 1_000; i++) {
      Payload little = End.await(there.receive(500, 500)).content();
      digest.update(little.asByteBuffer());
    }
    assertThat(sent).isNotDone();
    assertThat(End.await(here.dataTransferReport()).bytesSent())
        .as("what nobody reads stays in the file")
        .isLessThan((isQuic() ? 20L : 32L) * MEBIBYTE);
    assertThat(readAll(digest)).isEqualTo(file.size() - 500_000);
    assertThat(digest.digest()).isEqualTo(expected);
    End.await(sent);
    End.await(end);
    assertThat(End.await(here.dataTransferReport()).bytesSent()).isEqualTo(file.size() + 1);
  }

  @Test
  void partsOfAFileAndOtherBytesKeepTheirOrder() throws Exception {
    make(2);
    byte[] content = Files.readAllBytes(path);
    connect();
    Random random = new Random(9);
    MessageDigest expected = sha256();
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < 2_000; i++) {
      int count = random.nextInt(2_000);
      at = at + count > content.length || random.nextInt(20) == 0 ? 0 : at;
      sent.add(here.sendFile(file, at, count));
      expected.update(content, at, count);
      at += count;
      if (random.nextInt(4) == 0) {
        sent.add(here.send(Payload.copyOf(content, i, 100)));
        expected.update(content, i, 100);
      }
    }
    here.send(Payload.empty(), SendOptions.FINAL);
    MessageDigest digest = sha256();
    readAll(digest);
    assertThat(digest.digest()).isEqualTo(expected.digest());
    sent.forEach(End::await);
  }

  @Test
  void aFileThatBecomesShorterEndsTheStreamWithoutAnEnd() throws Exception {
    make(large());
    connect();
    CompletableFuture<Void> sent = here.sendFile(file, 0, file.size());
    End.await(there.receive(MEBIBYTE, MEBIBYTE));
    try (FileChannel same = FileChannel.open(path, StandardOpenOption.WRITE)) {
      same.truncate(file.size() - MEBIBYTE - 1_000);
    }
    assertThat(failureOfReading()).isInstanceOf(ConnectionLostException.class);
    assertThat(failure(sent))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("the file has become shorter");
    assertThat(here.state()).isInstanceOf(Connection.State.Failed.class);
    assertThat(((Connection.State.Failed) here.state()).cause()).isSameAs(failure(sent));
  }

  @Test
  void aCancelInTheMiddleResetsThePeer() throws Exception {
    make(large());
    connect();
    CompletableFuture<Void> sent = here.sendFile(file, 0, file.size());
    CompletableFuture<Void> next = here.sendFile(file, 0, file.size());
    End.await(there.receive(MEBIBYTE, MEBIBYTE));
    End.await(here.cancel());
    assertThat(failure(sent)).isInstanceOf(CancelledException.class);
    assertThat(failure(next)).isInstanceOf(CancelledException.class);
    // Over QUIC the stream is reset and the group closed: the peer is told of what comes first.
    assertThat(failureOfReading())
        .isInstanceOfAny(ConnectionLostException.class, ClosedByPeerException.class);
  }

  @Test
  void aPeerThatGoesFailsTheFile() throws Exception {
    make(large());
    connect();
    CompletableFuture<Void> sent = here.sendFile(file, 0, file.size());
    End.await(there.receive(MEBIBYTE, MEBIBYTE));
    there.forceCancel();
    assertThat(failure(sent)).isInstanceOf(ConnectionLostException.class);
  }

  @Test
  @Tag("once")
  void aReaderThatIsSlowAndSteadyIsNotDropped() throws Exception {
    Assumptions.assumeFalse(isQuic(), "it has no drop time");
    make(large());
    connect(TcpOptions.builder().dropTime(Duration.ofSeconds(2)).build());
    CompletableFuture<Void> sent = here.sendFile(file, 0, file.size());
    here.send(Payload.empty(), SendOptions.FINAL);
    long read = 0;
    for (int i = 0; i < 25; i++) {
      read += End.await(slowly(MEBIBYTE)).content().length();
    }
    assertThat(readAll(sha256())).isEqualTo(file.size() - read);
    End.await(sent);
  }

  /** After a tenth of a second. */
  private CompletableFuture<Received> slowly(int count) {
    return CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS))
        .thenCompose(later -> there.receive(count, count));
  }

  @Test
  void aReaderThatStopsIsDropped() throws Exception {
    Assumptions.assumeFalse(isQuic(), "it has no drop time");
    make(large());
    connect(TcpOptions.builder().dropTime(Duration.ofSeconds(1)).build());
    CompletableFuture<Void> sent = here.sendFile(file, 0, file.size());
    assertThat(failure(sent)).isInstanceOf(ConnectionLostException.class);
  }

  private Throwable failureOfReading() {
    try {
      readAll(sha256());
    } catch (CompletionException e) {
      return e.getCause();
    }
    throw new AssertionError("read to an end");
  }
}
