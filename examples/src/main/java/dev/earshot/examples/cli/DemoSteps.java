package dev.earshot.examples.cli;

import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.session.NearbyPeer;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerState;
import dev.earshot.session.ResourceOffer;
import dev.earshot.session.ResourceTransfer;
import dev.earshot.session.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a process of the demo waits for, step by step. One that can no longer come about fails. */
final class DemoSteps implements Session.Handler {
  static final int MESSAGES = 1_000;
  static final Payload CONFIRMATION = Payload.utf8("the file is right");

  final CompletableFuture<Endpoint.Bonjour> advertised = new CompletableFuture<>();
  final CompletableFuture<NearbyPeer> found = new CompletableFuture<>();
  final CompletableFuture<Peer> connected = new CompletableFuture<>();
  final CompletableFuture<Void> messages = new CompletableFuture<>();
  final CompletableFuture<ResourceTransfer> transfer = new CompletableFuture<>();
  final CompletableFuture<Void> confirmed = new CompletableFuture<>();
  final CompletableFuture<Void> goodbye = new CompletableFuture<>();

  private final String expected;
  private final Path folder;
  private final int patienceSeconds;
  private int received;

  /** Waits for {@code expected}, {@code patienceSeconds} for each step. */
  DemoSteps(String expected, Path folder, int patienceSeconds) {
    this.expected = expected;
    this.folder = folder;
    this.patienceSeconds = patienceSeconds;
  }

  static Payload message(String name, int number) {
    return Payload.utf8("message " + number + " from " + name);
  }

  /** Waits for a step, not for ever. */
  <T> T await(String step, CompletableFuture<T> future) throws Exception {
    try {
      return future.get(patienceSeconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new TimeoutException(step + " did not happen within " + patienceSeconds + " s");
    } catch (ExecutionException e) {
      throw new IllegalStateException(step + " did not succeed: " + Earshot.explain(e), e);
    }
  }

  /** Ends this process when the one that started it is gone, which closes our standard input. */
  static void endWithStandardInput(DemoSteps steps) {
    Thread watch =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
                steps.fail(new ConnectionLostException("the demo was ended"));
              } catch (IOException e) {
                steps.fail(new ConnectionLostException("the demo was ended", e));
              }
            },
            "standard-input");
    watch.setDaemon(true);
    watch.start();
  }

  @Override
  public void advertised(Session session, Endpoint.Bonjour endpoint) {
    advertised.complete(endpoint);
  }

  @Override
  public void nearbyPeersChanged(Session session, Set<NearbyPeer> peers) {
    peers.stream().findFirst().ifPresent(found::complete);
  }

  @Override
  public void stateUpdated(Session session, Session.State state) {
    if (state instanceof Session.State.Failed failed) {
      fail(failed.cause());
    }
  }

  @Override
  public void peerUpdated(Session session, Peer peer, PeerState state) {
    if (state instanceof PeerState.Connected && peer.displayName().equals(expected)) {
      connected.complete(peer);
    } else if (state instanceof PeerState.Disconnected gone && gone.cause().isPresent()) {
      NetworkException cause = gone.cause().get();
      fail(new ConnectionLostException(peer + " went away: " + cause.getMessage(), cause));
    } else if (state instanceof PeerState.Disconnected) {
      goodbye.complete(null);
      fail(new ConnectionLostException(peer + " said goodbye too early"));
    }
  }

  @Override
  public void messageReceived(Session session, Peer from, Payload message) {
    if (message.equals(CONFIRMATION)) {
      confirmed.complete(null);
    } else if (!message.equals(message(expected, received))) {
      fail(new ConnectionLostException("message " + received + " from " + from + " is another"));
    } else if (++received == MESSAGES) {
      messages.complete(null);
    }
  }

  @Override
  public void resourceOffered(Session session, ResourceOffer offer) {
    ResourceTransfer accepted = offer.accept(folder);
    accepted.onProgress(new ProgressBar(System.out, accepted.name(), false)::show);
    transfer.complete(accepted);
  }

  @Override
  public void connectFailed(Session session, Endpoint endpoint, NetworkException cause) {
    System.out.println("no connection with " + endpoint + ": " + cause.getMessage());
  }

  @Override
  public void discoveryFailed(Session session, NetworkException cause) {
    fail(cause);
  }

  private void fail(NetworkException cause) {
    for (CompletableFuture<?> step :
        List.of(advertised, found, connected, messages, transfer, confirmed, goodbye)) {
      step.completeExceptionally(cause);
    }
  }
}
