package dev.earshot.examples.cli;

import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.session.NearbyPeer;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerState;
import dev.earshot.session.ResourceTransfer;
import dev.earshot.session.Session;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends a file to somebody who runs {@code receive}. */
@Command(
    name = "send",
    description = "Sends a file to somebody on this network who runs 'earshot receive'.")
final class SendCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The file to send.")
  private Path file = Path.of("");

  @Option(
      names = {"-t", "--to"},
      paramLabel = "NAME",
      description = "Who should get it; whoever is found first by default.")
  private @Nullable String to;

  @Option(
      names = {"-w", "--wait"},
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How long to look for a receiver; ${DEFAULT-VALUE} by default.")
  private int seconds = 30;

  @Mixin private SessionOptions options = new SessionOptions();

  @Override
  public Integer call() throws Exception {
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString(), null, "not a file that can be sent");
    }
    ExecutorService queue = CommandQueue.open();
    try (Network network = Network.open();
        Session session =
            options.session(network, FileDrop.TYPE).withoutAutomaticConnect().build();
        GoodbyeOnExit goodbye = new GoodbyeOnExit(session, network)) {
      goodbye.watch();
      Search search = new Search(to);
      session.start(search, queue);
      session.ready().get();
      options.address().ifPresent(address -> search.dial(session, address));
      Peer receiver = find(search);
      options.connected(session, receiver);
      transfer(session, receiver);
      return 0;
    } finally {
      queue.shutdown();
    }
  }

  private Peer find(Search search) throws Exception {
    try {
      return search.found.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      String who = to == null ? "nobody who runs 'earshot receive'" : "nobody called '" + to + "'";
      String hint = search.lastFailure == null ? "" : "; last failure: " + search.lastFailure;
      throw new IllegalStateException(who + " was found within " + seconds + " s" + hint, e);
    }
  }

  private void transfer(Session session, Peer receiver) throws Exception {
    String name = file.getFileName().toString();
    System.out.println(
        "sending " + name + " (" + ProgressBar.megabytes(Files.size(file)) + " MB) to " + receiver);
    ResourceTransfer transfer = session.sendResource(file, name, receiver);
    ProgressBar bar = new ProgressBar(System.out, name);
    transfer.onProgress(bar::show);
    try {
      transfer.completion().get();
    } finally {
      bar.end();
    }
    System.out.println("sent and verified: " + FileDrop.summary(transfer.progress()));
  }

  /** Connects to receivers as they are found, until the right one is connected. */
  private static final class Search implements Session.Handler {
    private static final Executor A_SECOND_LATER =
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

    private final @Nullable String wanted;
    private final CompletableFuture<Peer> found = new CompletableFuture<>();
    private final Set<Endpoint> tried = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String lastFailure;

    Search(@Nullable String wanted) {
      this.wanted = wanted;
    }

    /** Connects to an address that was named: a failure is the end. */
    void dial(Session session, Endpoint address) {
      session
          .connect(address)
          .whenComplete(
              (peer, failure) -> {
                if (failure != null) {
                  found.completeExceptionally(failure);
                }
              });
    }

    @Override
    public void nearbyPeersChanged(Session session, Set<NearbyPeer> peers) {
      for (NearbyPeer peer : peers) {
        if (peer.discoveryInfo().contains(FileDrop.RECEIVES) && tried.add(peer.endpoint())) {
          session.connect(peer.endpoint()).exceptionally(cause -> failed(session, peer, cause));
        }
      }
    }

    private @Nullable Peer failed(Session session, NearbyPeer peer, Throwable cause) {
      lastFailure = Earshot.explain(cause);
      System.err.println(
          "earshot: no connection with " + peer.endpoint().name() + ": " + lastFailure);
      boolean mayWorkLater =
          !(Earshot.unwrap(cause) instanceof NetworkException problem) || problem.isTransient();
      if (mayWorkLater) {
        A_SECOND_LATER.execute(() -> again(session, peer));
      }
      return null;
    }

    private void again(Session session, NearbyPeer peer) {
      tried.remove(peer.endpoint());
      if (!found.isDone()) {
        nearbyPeersChanged(session, session.nearbyPeers());
      }
    }

    @Override
    public void stateUpdated(Session session, Session.State state) {
      if (state instanceof Session.State.Failed failed) {
        found.completeExceptionally(failed.cause());
      }
    }

    @Override
    public void peerUpdated(Session session, Peer peer, PeerState state) {
      boolean right = wanted == null || wanted.equals(peer.displayName());
      if (state instanceof PeerState.Connected && right) {
        found.complete(peer);
      }
    }
  }
}
