package dev.earshot.examples.cli;

import dev.earshot.Connection;
import dev.earshot.Listener;
import dev.earshot.NetworkException;
import dev.earshot.RegistrationChange;
import java.io.PrintWriter;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;

/** Where {@code cat --listen} waits for who comes; they come one by one, as they are let in. */
final class CatDoor implements Listener.Handler {
  private final PrintWriter err;
  private final boolean verbose;
  private final boolean tellPort;
  private final BlockingQueue<CompletableFuture<Connection>> arrived = new LinkedBlockingQueue<>();

  CatDoor(PrintWriter err, boolean verbose, boolean tellPort) {
    this.err = err;
    this.verbose = verbose;
    this.tellPort = tellPort;
  }

  /**
   * The next who comes, not started.
   *
   * @throws ExecutionException if nobody can come, since listening failed
   */
  Connection next() throws InterruptedException, ExecutionException {
    return arrived.take().get();
  }

  @Override
  public void newConnection(Listener listener, Connection connection) {
    arrived.add(CompletableFuture.completedFuture(connection));
  }

  @Override
  public void stateUpdated(Listener listener, Listener.State state) {
    if (state instanceof Listener.State.Failed failed) {
      arrived.add(CompletableFuture.failedFuture(failed.cause()));
    } else if (state instanceof Listener.State.Ready && (verbose || tellPort)) {
      tell("listening on port " + listener.port().getAsInt());
    } else if (state instanceof Listener.State.Waiting waiting) {
      tell("waiting, " + Earshot.explain(waiting.reason()));
    }
  }

  @Override
  public void registrationUpdated(Listener listener, RegistrationChange change) {
    if (verbose && change instanceof RegistrationChange.Added added) {
      tell("others find this as " + added.endpoint());
    }
  }

  @Override
  public void registrationFailed(Listener listener, NetworkException cause) {
    tell("not advertised, " + Earshot.explain(cause));
  }

  private void tell(String what) {
    err.println("* " + what);
    err.flush();
  }
}
