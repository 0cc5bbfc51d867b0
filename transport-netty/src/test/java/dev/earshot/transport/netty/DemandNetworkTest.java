package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Outgoing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is read that nobody asked for, and nothing is taken that cannot be sent. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class DemandNetworkTest {
  private static final Parameters TCP = Parameters.tcp().build();
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final int KIBIBYTE = 1 << 10;
  private static final long MEBIBYTE = 1 << 20;

  @Parameter String natives;

  private Bench bench;

  @BeforeEach
  void open() {
    bench = new Bench(natives);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private static End silent(Loop loop) {
    End end = new End(loop);
    end.readsOn = false;
    return end;
  }

  /** Has always more to send, up to a total. */
  private static final class Source extends End {
    private static final Payload PIECE = Payload.wrap(new byte[64 << 10]);

    final long total;
    volatile long polled;

    Source(Loop loop, long total) {
      super(loop);
      this.total = total;
    }

    @Override
    public @Nullable Outgoing poll() {
      if (polled >= total) {
        return null;
      }
      polled += PIECE.length();
      boolean last = polled >= total;
      return new Outgoing() {
        @Override
        public Payload content() {
          return PIECE;
        }

        @Override
        public SendOptions options() {
          return last ? SendOptions.FINAL : SendOptions.DEFAULT;
        }
      };
    }
  }

  @Test
  void aReaderThatStopsMakesTheSenderStop() throws Exception {
    long total = 1 << 30;
    for (Parameters parameters : List.of(TCP, Parameters.webSocket().build())) {
      Bench.Door door = bench.listen(parameters);
      door.factory = DemandNetworkTest::silent;
      Source sender = new Source(bench.transport.nextLoop(), total);
      bench.dial(sender, End.await(door.number), parameters, java.util.Optional.empty());
      End reader = door.next();
      End.await(reader.ready);
      End.await(sender.ready);
      long stopped = -1;
      while (stopped != sender.polled || stopped == 0) { // until it stands still for a while
        stopped = sender.polled;
        assertThat(reader.received.poll(300, TimeUnit.MILLISECONDS)).isNull();
      }
      // What the system buffers, and a mebibyte.
      assertThat(stopped).isLessThan(100 * MEBIBYTE);
      assertThat(bench.usedDirectMemory()).isLessThan(4 * MEBIBYTE);
      sender.abort();
      reader.abort();
      door.close();
    }
  }

  @Test
  void oneReadBringsAtMostOneBuffer() throws Exception {
    Bench.Door door = bench.listen(TCP);
    door.factory = DemandNetworkTest::silent;
    Source sender = new Source(bench.transport.nextLoop(), 4 * MEBIBYTE);
    bench.dial(sender, End.await(door.number), TCP, java.util.Optional.empty());
    End reader = door.next();
    End.await(reader.ready);
    long received = 0;
    while (received < 4 * MEBIBYTE) {
      assertThat(reader.received).isEmpty();
      reader.read();
      int length = reader.next().content().length();
      assertThat(length).isBetween(1, 64 * KIBIBYTE);
      received += length;
    }
    assertThat(received).isEqualTo(4 * MEBIBYTE);
    reader.read();
    assertThat(reader.next().endOfStream()).isTrue();
    reader.close();
    End.await(reader.closed);
  }

  @Test
  void whatAPeerSentBeforeItFinishedStaysInTheSystemUntilItIsAskedFor() throws Exception {
    Bench.Door door = bench.listen(TCP);
    door.factory = DemandNetworkTest::silent;
    try (Socket peer = new Socket("127.0.0.1", End.await(door.number))) {
      End reader = door.next();
      End.await(reader.ready);
      peer.getOutputStream().write(new byte[64 * KIBIBYTE]);
      peer.shutdownOutput();
      awaitQueued(reader, 64 * KIBIBYTE);
      long received = 0;
      reader.readsOn = true;
      reader.read();
      received = reader.all().length;
      assertThat(received).isEqualTo(64 * KIBIBYTE);
      reader.abort();
    }
  }

  @Test
  void aResetIsNoticedByEpollThoughNobodyReads() throws Exception {
    Assumptions.assumeTrue(natives.equals("epoll"), "NIO tells only those who read");
    Bench.Door door = bench.listen(TCP);
    door.factory = DemandNetworkTest::silent;
    Socket peer = new Socket("127.0.0.1", End.await(door.number));
    End reader = door.next();
    End.await(reader.ready);
    peer.setSoLinger(true, 0);
    peer.close();
    assertThat(End.await(reader.failed)).isInstanceOf(ConnectionLostException.class);
  }

  /** Waits until {@code bytes} lie unread in the system for {@code end}'s socket. */
  private static void awaitQueued(End end, int bytes) throws Exception {
    Assumptions.assumeTrue(Files.exists(TABLES.get(0)), "only Linux tells what lies unread");
    InetSocketAddress local = end.pipe().path().localEndpoint().orElseThrow();
    InetSocketAddress remote = end.pipe().path().remoteEndpoint().orElseThrow();
    String ports = String.format(".*:%04X [0-9A-F]+:%04X .*", local.getPort(), remote.getPort());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(End.PATIENCE_SECONDS);
    long queued = -1;
    while (queued < bytes) {
      queued = unread(ports);
      assertThat(System.nanoTime()).as("%d bytes lie unread", queued).isLessThan(deadline);
    }
    // Long enough for a loop that reads unasked to have done so.
    assertThat(end.received.poll(300, TimeUnit.MILLISECONDS)).isNull();
    StateWait.until( // a table that is read while it changes may lack a line
        () -> unread(ports) + " bytes lie unread", () -> unread(ports) >= bytes);
  }

  private static long unread(String ports) {
    try {
      for (Path table : TABLES) {
        for (String line : Files.readAllLines(table)) {
          if (line.matches(ports)) {
            String queues = line.trim().split("\\s+")[4];
            return Long.parseLong(queues.substring(queues.indexOf(':') + 1), 16);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return -1;
  }
}
