package dev.earshot.security.tls.pki;

import dev.earshot.TrustEvaluator;
import dev.earshot.TrustRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluator says about one peer, asked once. Thread-safe.
 *
 * <p>Nobody waits for it on a thread: {@link #reached} completes when there is a verdict, which is
 * one of refusal if somebody has said that it is {@link #tooLate} before.
 */
public final class TrustVerdict {
  private final TrustJudge judge;
  private final TrustRequest request;
  private final CompletableFuture<Optional<Objection>> verdict = new CompletableFuture<>();

  TrustVerdict(TrustJudge judge, TrustRequest request) {
    this.judge = judge;
    this.request = request;
  }

  /** Asks, on a worker: a platform's evaluation is work. A program's decision runs on its queue. */
  public void ask() {
    TrustEvaluator evaluator = judge.evaluator();
    if (evaluator instanceof TrustEvaluator.Pinned) {
      verdict.complete(judge.pinObjection(request.certificate()));
    } else if (evaluator instanceof TrustEvaluator.Platform) {
      verdict.complete(judgedByPlatform());
    } else if (evaluator instanceof TrustEvaluator.Callback callback) {
      ask(callback);
    } else {
      verdict.complete(Optional.of(refusal(" is judged by sessions only")));
    }
  }

  private Optional<Objection> judgedByPlatform() {
    try {
      return judge.judgeByPlatform(request.chain(), request.accepting(), request.endpoint());
    } catch (RuntimeException | Error e) { // of a provider's: nobody gets in, nor waits for it
      return Optional.of(refusal(" was not judged: the platform failed: " + e));
    }
  }

  /** How long a decision may take. */
  public Duration patience() {
    return judge.evaluator() instanceof TrustEvaluator.Callback callback
        ? callback.deadline()
        : TrustEvaluator.Callback.DEFAULT_DEADLINE;
  }

  /** The verdict: empty if the peer is trusted. Never fails. */
  public CompletionStage<Optional<Objection>> reached() {
    return verdict.copy();
  }

  /** The verdict; empty also while there is none. */
  public Optional<Objection> objection() {
    return verdict.getNow(Optional.empty());
  }

  /** Whether there is a verdict. */
  public boolean isReached() {
    return verdict.isDone();
  }

  /** The time for a decision is over: unless there is one, the peer is refused. */
  public void tooLate() {
    verdict.complete(Optional.of(late()));
  }

  /** What is to be said if the time ends now. */
  public Objection late() {
    return Objection.tooLate(
        "this program did not decide in time whether to trust the peer's certificate "
            + PeerChain.name(request.certificate()));
  }

  private void ask(TrustEvaluator.Callback callback) {
    try {
      callback.queue().execute(() -> decide(callback.decision()));
    } catch (RuntimeException e) { // the queue is closed, most likely
      verdict.complete(Optional.of(refusal(" cannot be judged: the queue refuses: " + e)));
    }
  }

  /** On the program's queue. */
  private void decide(TrustEvaluator.Decision decision) {
    if (verdict.isDone()) {
      return; // it is too late, or the connection is gone
    }
    try {
      CompletionStage<Boolean> answer = decision.isTrusted(request);
      if (answer == null) {
        verdict.complete(Optional.of(refusal(" was not judged: the decision is null")));
      } else {
        answer.whenComplete(this::decided);
      }
    } catch (Throwable e) { // a program's mistake must not let anybody in, nor leave him waiting
      verdict.complete(Optional.of(refusal(" was not judged: the program failed: " + e)));
    }
  }

  private void decided(@Nullable Boolean trusted, @Nullable Throwable error) {
    if (error != null) {
      verdict.complete(Optional.of(refusal(" was not judged: the program failed: " + error)));
    } else if (Boolean.TRUE.equals(trusted)) {
      verdict.complete(Optional.empty());
    } else {
      verdict.complete(Optional.of(refusal(" was refused by this program")));
    }
  }

  private Objection refusal(String why) {
    return Objection.notTrusted(
        "the peer's certificate " + PeerChain.name(request.certificate()) + why);
  }
}
