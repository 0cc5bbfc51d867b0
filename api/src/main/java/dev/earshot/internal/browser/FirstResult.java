package dev.earshot.internal.browser;

import dev.earshot.Browser;
import dev.earshot.Browser.Change;
import dev.earshot.Browser.Result;
import dev.earshot.Browser.State;
import dev.earshot.CancelledException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Ends a browser at the first result that somebody wants. The future is done when the browser is
 * over, and the browser is cancelled when the future is done by somebody else. On the user's queue.
 */
final class FirstResult implements Browser.Handler {
  private final Browser browser;
  private final Predicate<? super Result> wanted;
  private final CompletableFuture<Result> future = new CompletableFuture<>();

  /** Null until one was accepted. */
  private @Nullable Result accepted;

  FirstResult(Browser browser, Predicate<? super Result> wanted) {
    this.browser = browser;
    this.wanted = wanted;
    future.whenComplete((result, cause) -> cancelUnlessOver()); // on any thread
  }

  CompletableFuture<Result> future() {
    return future;
  }

  @Override
  public void resultsChanged(Browser source, Set<Result> results, List<Change> changes) {
    for (Change change : changes) {
      Result candidate = candidate(change);
      if (candidate != null && !isDecided()) {
        consider(candidate);
      }
    }
  }

  private void consider(Result candidate) {
    try {
      if (wanted.test(candidate)) {
        accepted = candidate;
        browser.cancel(); // the future follows when that is done, also if it has failed meanwhile
      }
    } catch (RuntimeException | Error e) {
      future.completeExceptionally(e);
    }
  }

  private boolean isDecided() {
    return accepted != null || future.isDone();
  }

  private static @Nullable Result candidate(Change change) {
    if (change instanceof Change.Added added) {
      return added.result();
    }
    return change instanceof Change.Changed changed ? changed.after() : null;
  }

  @Override
  public void stateUpdated(Browser source, State state) {
    if (state instanceof State.Failed failed && accepted == null) {
      future.completeExceptionally(failed.cause());
    }
  }

  /** The browser was cancelled: by this, or by its user, or with its network. */
  void browserCancelled() {
    Result found = accepted;
    if (found != null) {
      future.complete(found);
    } else {
      future.completeExceptionally(
          new CancelledException(browser + " was cancelled before it found what was wanted"));
    }
  }

  private void cancelUnlessOver() {
    State state = browser.state();
    boolean over = state instanceof State.Failed || state instanceof State.Cancelled;
    if (!over) {
      browser.cancel();
    }
  }
}
