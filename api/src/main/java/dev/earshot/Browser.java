package dev.earshot;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * Finds services of one type on the network by Bonjour.
 *
 * <p>Life cycle: {@link State.Setup}, then {@link State.Ready} or {@link State.Waiting} (no link to
 * browse on; goes on by itself when there is one), {@link State.Failed} at most once, {@link
 * State.Cancelled} at most once and always last; nothing is reported after it.
 *
 * <p>What is found is a hint: anybody on the network can advertise anything. Own services are found
 * too. A result's endpoint can be given to {@link Network#connection} as it is; its address is
 * looked up when the connection starts. Stop browsing as soon as you have found whom you looked
 * for; {@link #first} does that.
 *
 * <p>Threads: every method may be called from any thread and returns at once. The handler is
 * called, and futures complete, on the queue, one after the other.
 */
public interface Browser extends AutoCloseable {

  /** Asks for TXT records too, which costs more packets. Call before {@link #start}. */
  Browser includeTxtRecords();

  /**
   * Starts.
   *
   * @throws IllegalStateException if it was started, or cancelled, before, or the network is closed
   */
  Browser start(Handler handler, Executor queue);

  /**
   * Starts, and ends at the first result that {@code wanted} accepts: completes with it when
   * browsing has ended, so that whoever connects then does not browse any more.
   *
   * <pre>{@code
   * browser.first(result -> result.endpoint().name().startsWith("Den"), queue)
   *     .orTimeout(10, TimeUnit.SECONDS)
   *     .thenAccept(den -> network.connection(den.endpoint(), parameters).start(handler, queue));
   * }</pre>
   *
   * <p>{@code wanted} is asked on {@code queue} about every result that is new or has changed, one
   * at a time, in no particular order. While there is no link to browse on, it goes on waiting;
   * there is no time limit. Fails with the {@link NetworkException} that the browser failed with,
   * or with {@link CancelledException} if it was cancelled, or its network closed, before. Whoever
   * completes, cancels or times out the returned future cancels the browser, and so does an
   * exception that {@code wanted} throws, which the future then fails with.
   *
   * @throws IllegalStateException as {@link #start} does, in whose place this is called
   */
  CompletableFuture<Result> first(Predicate<? super Result> wanted, Executor queue);

  /** Where it is in its life cycle. */
  State state();

  /** What is found now; never changes once returned. */
  Set<Result> results();

  /** The type that it looks for. */
  ServiceType type();

  /** How it was configured. */
  Parameters parameters();

  /**
   * Completes when it is ready; fails with what it failed with, or {@link CancelledException}. One
   * that is not started is not kept by its network: keep it, not only its futures.
   */
  CompletableFuture<Browser> ready();

  /**
   * Ends it, and completes as soon as that was told, without waiting for the network. Nothing is
   * reported afterwards.
   */
  CompletableFuture<Void> cancel();

  /** The same as {@link #cancel}, without waiting for it. */
  @Override
  void close();

  /**
   * A service that was found.
   *
   * @param endpoint its name, to connect to
   * @param txtRecord its TXT record; empty unless {@link #includeTxtRecords} was called
   * @param links the links that it was found on
   */
  record Result(Endpoint.Bonjour endpoint, TxtRecord txtRecord, Set<NetworkLink> links) {
    /** Copies the links. */
    public Result {
      links = Set.copyOf(links);
    }
  }

  /** A difference between two sets of results. More kinds may be added. */
  sealed interface Change {
    /** What a result changed in. */
    enum Aspect {
      /** It was found on one more link. */
      LINK_ADDED,
      /** It is no longer found on a link. */
      LINK_REMOVED,
      /** Its TXT record is another. */
      TXT_RECORD
    }

    /**
     * A service appeared.
     *
     * @param result what was found
     */
    record Added(Result result) implements Change {}

    /**
     * A service went away.
     *
     * @param result what was known of it
     */
    record Removed(Result result) implements Change {}

    /**
     * A service is described differently.
     *
     * @param before what was known
     * @param after what is known now
     * @param aspects in what they differ
     */
    record Changed(Result before, Result after, Set<Aspect> aspects) implements Change {
      /** Copies the aspects. */
      public Changed {
        aspects = Set.copyOf(aspects);
      }
    }
  }

  /** Where a browser is in its life cycle. More states may be added. */
  sealed interface State {
    /** Not started. */
    record Setup() implements State {}

    /**
     * There is nothing to browse on, and may be later.
     *
     * @param reason what is missing
     */
    record Waiting(NetworkException reason) implements State {}

    /** Browsing. */
    record Ready() implements State {}

    /**
     * Over.
     *
     * @param cause why
     */
    record Failed(NetworkException cause) implements State {}

    /** Over, by this side's wish. */
    record Cancelled() implements State {}
  }

  /**
   * What happens to a browser, on its queue, one call at a time; an exception that a method throws
   * is logged and changes nothing.
   */
  interface Handler {
    /** The results are other ones: all of them, and what changed since the last call. */
    void resultsChanged(Browser browser, Set<Result> results, List<Change> changes);

    /** A state was entered. */
    default void stateUpdated(Browser browser, State state) {}
  }
}
