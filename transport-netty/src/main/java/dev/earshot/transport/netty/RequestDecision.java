package dev.earshot.transport.netty;

import dev.earshot.RequestHandler;
import dev.earshot.UpgradeRequest;
import dev.earshot.UpgradeResponse;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a program what to answer to a request, on its queue, and brings the answer back to the loop:
 * exactly one, whatever the program does.
 */
@LoopConfined
final class RequestDecision {
  private static final Logger LOG = System.getLogger("dev.earshot");
  private static final UpgradeResponse FAILED = UpgradeResponse.refuse(500);
  private static final UpgradeResponse TOO_LATE = UpgradeResponse.refuse(503);

  private final RequestHandler handler;
  private final UpgradeRequest request;
  private final Loop loop;
  private @Nullable Consumer<UpgradeResponse> answered;
  private Loop.@Nullable Timer deadline;

  RequestDecision(RequestHandler handler, UpgradeRequest request, Loop loop) {
    this.handler = handler;
    this.request = request;
    this.loop = loop;
  }

  /** Asks; {@code then} gets the answer on the loop, perhaps inside this call. */
  void ask(Consumer<UpgradeResponse> then) {
    loop.assertInLoop();
    answered = then;
    deadline = loop.schedule(handler.deadline(), this::tooLate);
    try {
      handler.queue().execute(this::decide);
    } catch (RuntimeException e) { // the queue is closed, most likely
      LOG.log(Level.ERROR, "the queue of a request handler refuses " + request, e);
      settle(FAILED);
    }
  }

  /** Nobody waits for the answer any more. */
  void cancel() {
    loop.assertInLoop();
    answered = null;
    if (deadline != null) {
      deadline.cancel();
    }
  }

  private void tooLate() {
    LOG.log(
        Level.WARNING,
        "a request handler has not answered {0} within {1}",
        request,
        handler.deadline());
    settle(TOO_LATE);
  }

  /** On the program's queue. */
  private void decide() {
    try {
      CompletionStage<UpgradeResponse> stage = handler.decision().answer(request);
      stage.whenComplete(this::decided);
    } catch (Throwable e) { // a program's mistake must not let anybody in, nor leave him waiting
      decided(null, e);
    }
  }

  /** On any thread. */
  private void decided(@Nullable UpgradeResponse response, @Nullable Throwable failure) {
    if (response == null) {
      LOG.log(Level.ERROR, "a request handler failed to answer " + request, failure);
    }
    try {
      loop.execute(() -> settle(response == null ? FAILED : response));
    } catch (RejectedExecutionException closed) {
      LOG.log(Level.DEBUG, "answered after the network was closed", closed);
    }
  }

  private void settle(UpgradeResponse response) {
    Consumer<UpgradeResponse> then = answered;
    cancel();
    if (then != null) {
      then.accept(response);
    }
  }
}
