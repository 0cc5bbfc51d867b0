package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.UnreadableException;
import dev.earshot.internal.queue.SerialQueue;
import dev.earshot.spi.FilePart;
import dev.earshot.spi.Outgoing;
import dev.earshot.testing.ThreadLoop;
import dev.earshot.testing.VirtualExecutor;
import dev.earshot.testing.VirtualLoop;
import dev.earshot.testing.VirtualTime;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the queue cuts files into parts that a pipe sends by itself, and joins short ones. */
class FileSendsTest {
  private static final int PART = FileSends.PART;
  private static final int SHORT = PART / 4;
  private static final Endpoint DEN = Endpoint.hostPort("den", 1);

  @TempDir Path folder;

  private final VirtualTime time = new VirtualTime(12);
  private final VirtualLoop loop = time.loop("loop");
  private final VirtualExecutor executor = time.executor("user");
  private final Crossing crossing = new Crossing(loop, new SerialQueue(executor, executor));
  private final SendQueue queue = new SendQueue(crossing, Parameters.tcp().build(), DEN, () -> {});
  private final Carrying carrier = new Carrying(executor);
  private FileChannel file;

  /** A connection whose pipe sends files by itself. */
  private static final class Carrying implements FileSends.Carrier {
    final List<NetworkException> unreadable = new ArrayList<>();
    private final Executor workers;

    Carrying(Executor workers) {
      this.workers = workers;
    }

    @Override
    public boolean carriesMessages() {
      return false;
    }

    @Override
    public boolean sendsFrom(FileChannel file) {
      return true;
    }

    @Override
    public Executor workers() {
      return workers;
    }

    @Override
    public void wakeUp() {}

    @Override
    public void unreadable(NetworkException cause) {
      unreadable.add(cause);
    }
  }

  @BeforeEach
  void ready() throws IOException {
    Path path = Files.write(folder.resolve("file"), new byte[3 * PART]);
    file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    queue.established(carrier);
    queue.begin();
  }

  @AfterEach
  void close() throws IOException {
    file.close();
  }

  private List<Outgoing> takeAll() {
    List<Outgoing> taken = new ArrayList<>();
    loop.execute(
        () -> {
          Outgoing next = queue.outbound().poll();
          while (next != null) {
            taken.add(next);
            next = queue.outbound().poll();
          }
          queue.outbound().taken();
        });
    time.runUntilIdle();
    return taken;
  }

  private void onLoop(Runnable task) {
    loop.execute(task);
    time.runUntilIdle();
  }

  private static FilePart part(Outgoing taken) {
    return Objects.requireNonNull(taken.file());
  }

  @Test
  void aLongFileComesInPartsAndIsDoneWithTheLast() {
    CompletableFuture<Void> sent = queue.sendFile(file, 5, 2L * PART);
    List<Outgoing> parts = takeAll();
    assertThat(parts).extracting(taken -> part(taken).length()).containsExactly(PART, PART);
    assertThat(parts).extracting(taken -> part(taken).position()).containsExactly(5L, 5L + PART);
    onLoop(part(parts.get(0))::sent);
    assertThat(sent).isNotDone();
    onLoop(part(parts.get(1))::sent);
    assertThat(sent).isCompleted();
  }

  @Test
  void shortPartsOfOneStretchLeaveTogether() {
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      sent.add(queue.sendFile(file, i * SHORT, SHORT));
    }
    List<Outgoing> parts = takeAll();
    assertThat(parts).extracting(taken -> part(taken).length()).containsExactly(PART, PART / 2);
    onLoop(part(parts.get(0))::sent);
    assertThat(sent.subList(0, 4)).allSatisfy(one -> assertThat(one).isCompleted());
    assertThat(sent.subList(4, 6)).allSatisfy(one -> assertThat(one).isNotDone());
    onLoop(part(parts.get(1))::sent);
    assertThat(sent).allSatisfy(one -> assertThat(one).isCompleted());
    assertThat(queue.piecesTaken()).isEqualTo(6);
    assertThat(queue.bytesTaken()).isEqualTo(6L * SHORT);
  }

  @Test
  void aStretchMayEndInTheMiddleOfAFile() {
    CompletableFuture<Void> small = queue.sendFile(file, 0, SHORT);
    CompletableFuture<Void> large = queue.sendFile(file, SHORT, 2L * PART);
    CompletableFuture<Void> last = queue.sendFile(file, SHORT + 2L * PART, 1);
    List<Outgoing> parts = takeAll();
    assertThat(parts)
        .extracting(taken -> part(taken).length())
        .containsExactly(PART, PART, SHORT + 1);
    onLoop(part(parts.get(0))::sent);
    assertThat(small).isCompleted();
    onLoop(part(parts.get(1))::sent);
    assertThat(large).isNotDone();
    onLoop(part(parts.get(2))::sent);
    assertThat(large).isCompleted();
    assertThat(last).isCompleted();
  }

  @Test
  void whatIsApartStaysApart() throws IOException {
    try (FileChannel other = FileChannel.open(folder.resolve("file"), StandardOpenOption.READ)) {
      queue.sendFile(file, 0, 10);
      queue.sendFile(file, 11, 10);
      queue.sendFile(other, 21, 10);
      queue.trySend(Payload.utf8("between"));
      queue.sendFile(other, 31, 10);
      CompletableFuture<Void> tooLong = queue.sendFile(other, 41, 3L * PART);
      assertThat(takeAll()).hasSize(5);
      assertThat(tooLong).isCompletedExceptionally();
    }
  }

  @Test
  void aPartThatFailsForTheFileEndsTheConnectionAndForTheSocketDoesNot() throws IOException {
    CompletableFuture<Void> sent = queue.sendFile(file, 0, 3L * PART);
    List<Outgoing> parts = takeAll();
    onLoop(() -> part(parts.get(1)).failed(new IOException("reset")));
    assertThat(carrier.unreadable).isEmpty();
    file.truncate(10);
    onLoop(() -> part(parts.get(1)).failed(new IOException("short")));
    assertThat(carrier.unreadable).hasSize(1);
    assertThat(Neighbours.failure(sent))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("it has 10 bytes");
    onLoop(() -> part(parts.get(2)).failed(new IOException("short")));
    assertThat(carrier.unreadable).hasSize(1);
  }

  @Test
  void everyFileIsToldThoughTheQueueEndsInTheMiddle() throws Exception {
    for (int round = 0; round < 100; round++) { // often enough to catch one between two links
      endWhileOthersAdd();
    }
  }

  private void endWhileOthersAdd() throws Exception {
    try (ThreadLoop real = new ThreadLoop("loop")) {
      Crossing there = new Crossing(real, new SerialQueue(Runnable::run, Runnable::run));
      SendQueue shared =
          new SendQueue(there, Parameters.tcp().sendLimit(1 << 20).build(), DEN, () -> {});
      shared.established(new Carrying(Runnable::run));
      AtomicBoolean over = new AtomicBoolean();
      CountDownLatch running = new CountDownLatch(2);
      List<List<CompletableFuture<Void>>> sent = List.of(new ArrayList<>(), new ArrayList<>());
      List<Thread> producers = new ArrayList<>();
      for (List<CompletableFuture<Void>> mine : sent) {
        producers.add(
            new Thread(
                () -> {
                  while (!over.get()) {
                    mine.add(shared.sendFile(file, 0, 100));
                    running.countDown();
                  }
                }));
      }
      producers.forEach(Thread::start);
      assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
      real.execute(shared.outbound()::poll);
      real.execute(() -> shared.end(new ConnectionLostException("over")));
      real.execute(() -> over.set(true));
      for (Thread producer : producers) {
        producer.join();
      }
      for (List<CompletableFuture<Void>> mine : sent) {
        CompletableFuture.allOf(mine.toArray(CompletableFuture[]::new))
            .handle((nothing, thrown) -> nothing)
            .get(60, TimeUnit.SECONDS);
      }
    }
  }
}
