package dev.earshot.examples.cli;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Listener;
import dev.earshot.NetworkException;
import dev.earshot.RegistrationChange;
import java.io.PrintWriter;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

/** Where {@code cat --listen} waits for who comes; they come one by one, as they are let in. */
final class CatDoor implements Listener.Handler {
  private final PrintWriter err;
  private final boolean verbose;
  private final boolean tellPort;
  private final boolean allAtOnce;
  private final Executor queue;
  private final BlockingQueue<CompletableFuture<Connection>> arrived = new LinkedBlockingQueue<>();

  /** Lets one in after another, or {@code allAtOnce}; groups are followed on {@code queue}. */
  CatDoor(PrintWriter err, Telling telling, boolean allAtOnce, Executor queue) {
    this.err = err;
    this.verbose = telling.verbose();
    this.tellPort = telling.port();
    this.allAtOnce = allAtOnce;
    this.queue = queue;
  }

  /**
   * What is told beside what goes wrong.
   *
   * @param verbose everything
   * @param port which port it is
   */
  record Telling(boolean verbose, boolean port) {}

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
  public void newConnectionGroup(Listener listener, ConnectionGroup group) {
    group.start(new Caller(listener), queue);
  }

  /** Somebody who comes by QUIC: the first stream is the conversation. */
  private final class Caller implements ConnectionGroup.Handler {
    private final Listener listener;
    private boolean letIn;

    Caller(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void newStream(ConnectionGroup group, Connection stream) {
      if (letIn && !allAtOnce) {
        stream.forceCancel();
      } else {
        letIn = true;
        arrived.add(CompletableFuture.completedFuture(stream));
      }
    }

    @Override
    public void stateUpdated(ConnectionGroup group, Connection.State state) {
      if (state instanceof Connection.State.Failed failed && !letIn) {
        print("earshot: " + Earshot.explain(failed.cause()));
        if (!allAtOnce) {
          listener.newConnectionLimit(1);
        }
      }
    }
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
    print("* " + what);
  }

  private void print(String line) {
    err.println(line);
    err.flush();
  }
}
