package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Parameters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What is open on a loop ends with it, whatever it does at that moment. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class LoopEndNetworkTest {
  @Parameter String natives;

  @Test
  void socketsAreClosedThoughTheirLoopIsBusyWhenItIsToEnd() throws Exception {
    Bench bench = new Bench(natives);
    Bench.Door door = bench.listen(Parameters.tcp().build());
    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), End.await(door.number))) {
      End.await(door.next().ready);
      Set<NettyLoop> loops = new HashSet<>();
      while (loops.add(bench.transport.nextLoop())) {
        assertThat(loops).hasSizeLessThan(100);
      }
      CountDownLatch busy = new CountDownLatch(1);
      loops.forEach(loop -> loop.execute(() -> awaitQuietly(busy)));
      CompletableFuture<Void> closed = CompletableFuture.runAsync(bench::close);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(End.PATIENCE_SECONDS);
      while (!loops.stream().allMatch(loop -> loop.eventLoop().isShuttingDown())) {
        assertThat(System.nanoTime()).as("the end is asked for").isLessThan(end);
        LockSupport.parkNanos(1_000_000);
      }
      busy.countDown();
      assertThat(hasEnded(peer)).isTrue();
      End.await(closed);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(End.PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean hasEnded(Socket peer) throws IOException {
    peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(End.PATIENCE_SECONDS));
    try {
      return peer.getInputStream().read() < 0;
    } catch (SocketTimeoutException stillOpen) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }
}
