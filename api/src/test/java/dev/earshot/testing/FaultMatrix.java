package dev.earshot.testing;

import dev.earshot.Connection;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

/**
 * Every kind of handle, with every fault there is for it, at every moment of its life: in each case
 * whatever was asked for is done in the end, the rules of states and queues are kept, and nothing
 * is held.
 */
public final class FaultMatrix {
  private FaultMatrix() {}

  /**
   * One case.
   *
   * @param name what it is about, in words
   * @param life runs it, in virtual time; throws an {@link AssertionError} if a promise is broken
   */
  public record Case(String name, Runnable life) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** All cases. */
  public static List<Case> all() {
    return Stream.of(
            ConnectionFaults.cases(),
            GroupFaults.cases(),
            ListenerFaults.cases(),
            BrowserFaults.cases())
        .flatMap(List::stream)
        .toList();
  }

  /** What a program may have outstanding on {@code connection}: some of everything. */
  static List<CompletableFuture<?>> everythingOf(Connection connection, boolean datagrams) {
    List<CompletableFuture<?>> asked = new ArrayList<>();
    asked.add(connection.ready());
    for (int i = 0; i < 3; i++) {
      asked.add(connection.send(Payload.wrap(new byte[500])));
      asked.add(connection.room());
      asked.add(connection.receiveMessage());
      asked.add(connection.receive(400, 450));
    }
    if (!datagrams) {
      asked.add(connection.send(Payload.wrap(new byte[20_000]), SendOptions.TEXT));
    }
    connection.trySend(Payload.wrap(new byte[10]));
    connection.sendIdempotent(Payload.wrap(new byte[10]), SendOptions.DEFAULT);
    return asked;
  }

  /** Reads {@code connection} by demand; done when the subscription has ended. */
  static CompletableFuture<Void> subscription(Connection connection) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    connection.messages().subscribe(new ToTheEnd(end));
    return end;
  }

  private record ToTheEnd(CompletableFuture<Void> end) implements Flow.Subscriber<Received> {
    @Override
    public void onSubscribe(Flow.Subscription given) {
      given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Received received) {}

    @Override
    public void onError(Throwable cause) {
      end.complete(null);
    }

    @Override
    public void onComplete() {
      end.complete(null);
    }
  }

  /** Finds fault with what was asked for and is not done. */
  static void verifyDone(List<CompletableFuture<?>> asked) {
    long left = asked.stream().filter(future -> !future.isDone()).count();
    verify(left == 0, left + " of " + asked.size() + " futures are not done");
  }

  /** Finds fault if there are {@code complaints}. */
  static void verifyNone(String what, List<?> complaints) {
    verify(complaints.isEmpty(), what + ": " + complaints);
  }

  static void verify(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
