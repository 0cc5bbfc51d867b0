package dev.earshot.examples.cli;

import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.TxtRecord;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerState;
import dev.earshot.session.ResourceOffer;
import dev.earshot.session.ResourceTransfer;
import dev.earshot.session.Session;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Receives files into a folder. */
@Command(
    name = "receive",
    description =
        "Receives files from everybody on this network who has the same key, until Ctrl-C.")
final class ReceiveCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FOLDER",
      defaultValue = ".",
      description = "Where files go; the current folder by default.")
  private Path folder = Path.of(".");

  @Option(
      names = {"-1", "--once"},
      description = "Stop after one file; the exit code says whether it arrived.")
  private boolean once;

  @Mixin private SessionOptions options = new SessionOptions();

  @Override
  public Integer call() throws Exception {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    ExecutorService queue = CommandQueue.open();
    try (Network network = Network.open();
        Session session =
            options
                .session(network, FileDrop.TYPE)
                .discoveryInfo(TxtRecord.builder().put(FileDrop.RECEIVES).build())
                .withoutAutomaticConnect()
                .build();
        GoodbyeOnExit goodbye = new GoodbyeOnExit(session, network)) {
      goodbye.watch();
      Inbox inbox = new Inbox(folder, once, options);
      session.start(inbox, queue);
      session.ready().get();
      System.out.println(
          "receiving into " + folder.toRealPath() + ", port " + session.port().getAsInt());
      options.address().ifPresent(session::connect);
      inbox.over.get();
      return 0;
    } finally {
      queue.shutdown();
    }
  }

  /** Accepts what is offered, one bar at a time. */
  private static final class Inbox implements Session.Handler {
    private final Path folder;
    private final boolean once;
    private final SessionOptions options;
    private final CompletableFuture<Path> over = new CompletableFuture<>();
    private @Nullable ResourceTransfer shown; // only on the queue

    Inbox(Path folder, boolean once, SessionOptions options) {
      this.folder = folder;
      this.once = once;
      this.options = options;
    }

    @Override
    public void stateUpdated(Session session, Session.State state) {
      if (state instanceof Session.State.Failed failed) {
        over.completeExceptionally(failed.cause());
      }
    }

    @Override
    public void peerUpdated(Session session, Peer peer, PeerState state) {
      if (state instanceof PeerState.Connected) {
        options.connected(session, peer);
      }
    }

    @Override
    public void advertised(Session session, Endpoint.Bonjour endpoint) {
      System.out.println("others find this as " + endpoint.name());
    }

    @Override
    public void discoveryFailed(Session session, NetworkException cause) {
      System.err.println("earshot: " + cause.getMessage());
    }

    @Override
    public void connectFailed(Session session, Endpoint endpoint, NetworkException cause) {
      System.err.println("earshot: no connection with " + endpoint + ": " + cause.getMessage());
    }

    @Override
    public void resourceOffered(Session session, ResourceOffer offer) {
      String name = offer.name().replaceAll("\\p{Cntrl}", "\uFFFD");
      System.out.println(offer.from() + " sends " + name);
      ResourceTransfer transfer = offer.accept(folder);
      ProgressBar bar = new ProgressBar(System.out, name);
      if (shown == null) {
        shown = transfer;
        transfer.onProgress(bar::show);
      }
      transfer.completion().whenComplete((path, failure) -> finished(transfer, bar, path, failure));
    }

    private void finished(
        ResourceTransfer transfer,
        ProgressBar bar,
        @Nullable Path path,
        @Nullable Throwable failure) {
      bar.end();
      if (shown == transfer) {
        shown = null;
      }
      if (failure != null) {
        System.err.println("earshot: " + Earshot.explain(failure));
      } else {
        System.out.println(
            "received and verified: " + path + ", " + FileDrop.summary(transfer.progress()));
      }
      if (once && failure != null) {
        over.completeExceptionally(failure);
      } else if (once) {
        over.complete(path);
      }
    }
  }
}
