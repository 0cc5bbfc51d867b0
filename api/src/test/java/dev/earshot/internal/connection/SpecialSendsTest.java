package dev.earshot.internal.connection;

import static dev.earshot.internal.connection.Neighbours.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.CancelledException;
import dev.earshot.Endpoint;
import dev.earshot.ExpiredException;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.SendOptions.Priority;
import dev.earshot.internal.queue.SerialQueue;
import dev.earshot.spi.Outgoing;
import dev.earshot.testing.LinkFault;
import dev.earshot.testing.VirtualExecutor;
import dev.earshot.testing.VirtualLoop;
import dev.earshot.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Content that overtakes, is overtaken, or becomes too old; and sends that leave together. */
class SpecialSendsTest {
  private static final SendOptions URGENT = SendOptions.DEFAULT.withPriority(Priority.URGENT);
  private static final SendOptions LATER = SendOptions.DEFAULT.withPriority(Priority.BACKGROUND);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final SendOptions SOON = SendOptions.DEFAULT.expiringAfter(SECOND);
  private static final int BUDGET = 1_000;

  private final VirtualTime time = new VirtualTime(13);
  private final VirtualLoop loop = time.loop("loop");
  private final VirtualExecutor executor = time.executor("user");
  private final Crossing crossing = new Crossing(loop, new SerialQueue(executor, executor));
  private final SendQueue queue =
      new SendQueue(
          crossing,
          Parameters.webSocket().sendBudget(BUDGET).sendLimit(1 << 20).build(),
          Endpoint.hostPort("den", 1),
          () -> {});

  private CompletableFuture<Void> send(String text, SendOptions options) {
    return queue.send(Payload.utf8(text), options);
  }

  private List<String> take(int most) {
    List<String> taken = new ArrayList<>();
    loop.execute(
        () -> {
          for (int i = 0; i < most; i++) {
            Outgoing next = queue.outbound().poll();
            if (next == null) {
              break;
            }
            taken.add(next.content().toUtf8String());
          }
          queue.outbound().taken();
        });
    time.runUntilIdle();
    return taken;
  }

  private List<String> takeAll() {
    return take(Integer.MAX_VALUE);
  }

  @Test
  void urgentMessagesOvertakeAndThoseInTheBackgroundAreOvertaken() {
    queue.begin();
    send("later 1", LATER);
    send("1", SendOptions.DEFAULT);
    send("urgent 1", URGENT);
    send("later 2", LATER);
    send("2", SendOptions.DEFAULT);
    send("urgent 2", URGENT);
    assertThat(takeAll()).containsExactly("urgent 1", "urgent 2", "1", "2", "later 1", "later 2");
    send("later 3", LATER);
    assertThat(takeAll()).containsExactly("later 3");
    assertThat(takeAll()).isEmpty();
  }

  @Test
  void aFinalMessageComesAfterThoseInTheBackground() {
    send("later", LATER);
    send("urgent", URGENT);
    send("final", SendOptions.FINAL);
    assertThat(takeAll()).containsExactly("urgent", "later", "final");
    assertThatThrownBy(() -> SendOptions.FINAL.withPriority(Priority.URGENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("comes last");
    assertThatThrownBy(() -> SendOptions.FINAL.expiringAfter(SECOND))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Whatever is sent and taken in whatever order: nothing twice, nothing lost, order kept. */
  @Test
  void orderIsKeptWithinEachPriorityAndNothingIsLost() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<List<String>> sent = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      List<String> taken = new ArrayList<>();
      List<CompletableFuture<Void>> futures = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        Priority priority = Priority.values()[random.nextInt(3)];
        String text = priority + " " + seed + " " + i;
        SendOptions options = SendOptions.DEFAULT.withPriority(priority);
        sent.get(priority.ordinal()).add(text);
        futures.add(send(text, random.nextBoolean() ? options : options.expiringAfter(SECOND)));
        taken.addAll(take(random.nextInt(3)));
      }
      queue.begin();
      taken.addAll(takeAll());
      time.runUntilIdle();
      for (Priority priority : Priority.values()) {
        assertThat(taken.stream().filter(text -> text.startsWith(priority.name())))
            .containsExactlyElementsOf(sent.get(priority.ordinal()));
      }
      assertThat(futures).allMatch(CompletableFuture::isDone);
      assertThat(time.pendingTimers()).isZero();
    }
  }

  @Test
  void whatWaitsInTheBackgroundCountsAsWaiting() {
    queue.begin();
    Payload large = Payload.wrap(new byte[BUDGET + 1]);
    queue.send(large, LATER);
    send("1", SendOptions.DEFAULT);
    assertThat(take(1)).containsExactly("1");
    assertThat(queue.trySend(Payload.utf8("2"))).isFalse();
    takeAll();
    assertThat(queue.trySend(Payload.utf8("2"))).isTrue();
  }

  @Test
  void whatExpiresIsDroppedInTimeAndItsFutureSaysSo() {
    queue.begin();
    CompletableFuture<Void> old = send("old", SOON);
    CompletableFuture<Void> urgent = send("urgent", URGENT.expiringAfter(SECOND));
    CompletableFuture<Void> patient =
        send("patient", SendOptions.DEFAULT.expiringAfter(SECOND.multipliedBy(3)));
    queue.sendIdempotent(Payload.utf8("nobody waits"), SOON);
    time.advance(SECOND.minusMillis(1));
    assertThat(old).isNotDone();
    time.advance(Duration.ofMillis(1));
    assertThat(failure(old))
        .isInstanceOf(ExpiredException.class)
        .hasMessageContaining("den:1")
        .hasMessageContaining("PT1S");
    assertThat(((NetworkException) failure(old)).isTransient()).isTrue();
    assertThat(failure(urgent)).isInstanceOf(ExpiredException.class);
    assertThat(patient).isNotDone();
    assertThat(takeAll()).containsExactly("patient");
    assertThat(patient).isCompleted();
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void whatIsTakenInTimeDoesNotExpire() {
    queue.begin();
    CompletableFuture<Void> sent = send("in time", SOON);
    assertThat(takeAll()).containsExactly("in time");
    time.advance(SECOND.multipliedBy(2));
    assertThat(sent).isCompleted();
  }

  @Test
  void whoeverWaitsIsToldWhenTheQueueEnds() {
    List<CompletableFuture<Void>> waiting =
        List.of(send("1", SOON), send("2", LATER), send("3", URGENT), send("4", LATER));
    take(1);
    CompletableFuture<Void> racing = send("5", SOON);
    NetworkException cause = new CancelledException("over");
    loop.execute(() -> queue.end(cause));
    time.runUntilIdle();
    assertThat(waiting).filteredOn(CompletableFuture::isCompletedExceptionally).hasSize(4);
    assertThat(failure(racing)).isSameAs(cause);
    CompletableFuture<Void> late = send("6", SOON);
    time.runUntilIdle();
    assertThat(failure(late)).isSameAs(cause);
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void bytesHaveNeitherPriorityNorExpiry() {
    Neighbours neighbours = new Neighbours();
    LiveConnection bytes = neighbours.connection(Parameters.tcp().build());
    assertThatThrownBy(() -> bytes.send(Payload.empty(), URGENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only messages");
    assertThatThrownBy(() -> bytes.sendIdempotent(Payload.empty(), SOON))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anUrgentMessageArrivesBeforeWhatWaitedLonger() {
    Neighbours neighbours = new Neighbours(5);
    neighbours.wire.capacity(500);
    Parameters small = Parameters.webSocket().receiveBuffer(1_000).build();
    LiveConnection connection = neighbours.connected(small);
    for (int i = 0; i < 200; i++) {
      connection.send(Payload.wrap(new byte[1_000]));
    }
    neighbours.passing(SECOND);
    connection.send(Payload.utf8("urgent"), URGENT);
    int before = 0;
    Received next = neighbours.time.await(neighbours.other().receiveMessage());
    while (next.content().length() == 1_000) {
      before++;
      next = neighbours.time.await(neighbours.other().receiveMessage());
    }
    assertThat(next.content()).isEqualTo(Payload.utf8("urgent"));
    // What has begun to be sent, and what fills the buffers, is not overtaken.
    assertThat(before).isBetween(1, 10);
  }

  @Test
  void datagramsExpireAndOvertakeToo() {
    Neighbours neighbours = new Neighbours(3);
    LiveConnection connection = neighbours.connection(Parameters.udp().build());
    CompletableFuture<Void> old = connection.send(Payload.utf8("old"), SOON);
    CompletableFuture<Void> kept = connection.send(Payload.utf8("kept"), URGENT);
    connection.sendIdempotent(Payload.utf8("lost"), SOON);
    neighbours.passing(SECOND);
    assertThat(failure(old)).isInstanceOf(ExpiredException.class);
    connection.forceCancel();
    neighbours.passing(SECOND);
    assertThat(failure(kept)).isInstanceOf(CancelledException.class);
  }

  @ParameterizedTest
  @EnumSource(LinkFault.class)
  void everyOutstandingOperationCompletesWhateverHappensToTheLink(LinkFault fault) {
    Neighbours neighbours = new Neighbours(7);
    neighbours.wire.capacity(500);
    Parameters parameters = Parameters.webSocket().handshakeTimeout(SECOND).build();
    neighbours.listen(parameters);
    neighbours.wire.plan(fault);
    LiveConnection connection = neighbours.start(neighbours.connection(parameters));
    List<CompletableFuture<?>> outstanding = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      for (SendOptions options : List.of(URGENT, LATER, SOON, LATER.expiringAfter(SECOND))) {
        outstanding.add(connection.send(Payload.wrap(new byte[300]), options));
      }
    }
    neighbours.passing(Duration.ofSeconds(20));
    connection.cancel();
    neighbours.accepted.forEach(LiveConnection::cancel);
    neighbours.passing(Duration.ofMinutes(1));
    assertThat(outstanding).allSatisfy(future -> assertThat(future).isDone());
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void whatABatchSendsLeavesWhenItIsOver() {
    Neighbours neighbours = new Neighbours(9);
    LiveConnection connection = neighbours.connected(Parameters.webSocket().build());
    List<CompletableFuture<Received>> reads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      reads.add(neighbours.other().receiveMessage());
    }
    neighbours.passing(SECOND);
    connection.batch(
        () -> {
          connection.trySend(Payload.utf8("1"));
          neighbours.passing(SECOND);
          connection.batch(() -> connection.trySend(Payload.utf8("2")));
          neighbours.passing(SECOND);
          assertThat(reads).noneMatch(CompletableFuture::isDone);
        });
    neighbours.passing(SECOND);
    assertThat(reads.get(1)).isDone();
    assertThatThrownBy(
            () ->
                connection.batch(
                    () -> {
                      connection.trySend(Payload.utf8("3"));
                      throw new IllegalStateException("on purpose");
                    }))
        .hasMessage("on purpose");
    neighbours.passing(SECOND);
    assertThat(reads.get(2)).isDone();
  }
}
