package dev.earshot.examples.cli;

import dev.earshot.CancelledException;
import dev.earshot.ClosedByPeerException;
import dev.earshot.Connection;
import dev.earshot.DatagramCounts;
import dev.earshot.PreSharedKey;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** Follows one connection of {@code cat}: tells what happens to it, and knows when to give up. */
final class CatStates implements Connection.Handler {
  private final PrintWriter err;
  private final boolean verbose;
  private final boolean patient;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();

  /** Tells {@code err} if {@code verbose}; gives up when it has to wait unless {@code patient}. */
  CatStates(PrintWriter err, boolean verbose, boolean patient) {
    this.err = err;
    this.verbose = verbose;
    this.patient = patient;
  }

  /** Completes when the connection is ready, also if it ends at once; fails if it was given up. */
  CompletableFuture<Void> ready() {
    return ready;
  }

  /** Never completes but with the failure of the connection. */
  CompletableFuture<Void> failure() {
    return failure;
  }

  @Override
  public void stateUpdated(Connection connection, Connection.State state) {
    tell(connection, words(connection, state));
    if (state instanceof Connection.State.Ready) {
      ready.complete(null);
    } else if (state instanceof Connection.State.Failed failed) {
      ready.completeExceptionally(failed.cause());
      failure.completeExceptionally(failed.cause());
    } else if (state instanceof Connection.State.Waiting waiting && !patient) {
      ready.completeExceptionally(waiting.reason());
    } else if (state instanceof Connection.State.Cancelled) {
      ready.completeExceptionally(
          new CancelledException("connection with " + connection.endpoint() + " was cancelled"));
    }
  }

  @Override
  public void viabilityUpdated(Connection connection, boolean viable) {
    tell(connection, viable ? "viable" : "not viable");
  }

  /** Tells what was lost, if anything was. */
  void tellLosses(Connection connection) {
    DatagramCounts counts = connection.datagramCounts();
    if (!counts.equals(DatagramCounts.NONE)) {
      tell(connection, counts.toString());
    }
  }

  private void tell(Connection connection, String what) {
    if (verbose) {
      err.println("* " + connection.endpoint() + ": " + what);
      err.flush();
    }
  }

  private static String words(Connection connection, Connection.State state) {
    if (state instanceof Connection.State.Waiting waiting) {
      return "waiting, " + Earshot.explain(waiting.reason());
    }
    if (state instanceof Connection.State.Failed failed) {
      boolean ended = failed.cause() instanceof ClosedByPeerException;
      return (ended ? "ended, " : "failed, ") + Earshot.explain(failed.cause());
    }
    String word = state.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    return state instanceof Connection.State.Ready ? word + how(connection) : word;
  }

  private static String how(Connection connection) {
    String protection =
        connection
            .securityMetadata()
            .map(
                about ->
                    ", "
                        + about.protocol()
                        + " "
                        + about.cipherSuite()
                        + about
                            .pskIdentity()
                            .map(name -> ", key '" + PreSharedKey.printable(name) + "'")
                            .orElse(""))
            .orElse(", not protected");
    String upgrade =
        connection
            .upgrade()
            .map(
                asked ->
                    ", path "
                        + asked.path()
                        + asked.subprotocol().map(name -> ", subprotocol " + name).orElse(""))
            .orElse("");
    return protection + upgrade;
  }
}
