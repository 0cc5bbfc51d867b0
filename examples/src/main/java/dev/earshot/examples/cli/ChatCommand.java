package dev.earshot.examples.cli;

import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.ServiceType;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerState;
import dev.earshot.session.SendResult;
import dev.earshot.session.Session;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Talks with everybody on the network who has the same key. */
@Command(
    name = "chat",
    description = {
      "Talks with everybody on this network who has the same key.",
      "Type a line to send it to all; /peers lists them, /quit leaves."
    })
final class ChatCommand implements Callable<Integer> {
  static final String SERVICE_TYPE = "_earshot-chat._tcp";

  @Mixin private SessionOptions options = new SessionOptions();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    ExecutorService queue = CommandQueue.open();
    try (Network network = Network.open();
        Session session = options.session(network, ServiceType.parse(SERVICE_TYPE)).build();
        GoodbyeOnExit goodbye = new GoodbyeOnExit(session, network)) {
      goodbye.watch();
      Room room = new Room(out, options);
      session.start(room, queue);
      session.ready().get();
      room.say("* " + session.self().displayName() + ", port " + session.port().getAsInt());
      options.address().ifPresent(session::connect);
      readLines(session, room);
      room.over.get();
      return 0;
    } finally {
      queue.shutdown();
    }
  }

  private static void readLines(Session session, Room room) {
    Thread reader =
        new Thread(
            () -> {
              try {
                BufferedReader in =
                    new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
                String line = in.readLine();
                while (line != null && !line.equals("/quit")) {
                  room.typed(session, line);
                  line = in.readLine();
                }
                room.over.complete(null);
              } catch (IOException e) {
                room.over.completeExceptionally(e);
              }
            },
            "standard-input");
    reader.setDaemon(true);
    reader.start();
  }

  /** Prints what happens and sends what is typed. */
  private static final class Room implements Session.Handler {
    private final PrintWriter out;
    private final SessionOptions options;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final Set<String> told = new HashSet<>(); // only on the queue

    Room(PrintWriter out, SessionOptions options) {
      this.out = out;
      this.options = options;
    }

    void say(String line) {
      out.println(printable(line));
      out.flush();
    }

    void typed(Session session, String line) {
      if (line.equals("/peers")) {
        say("* " + session.connectedPeers());
      } else if (!line.isBlank()) {
        session.sendToAll(Payload.utf8(line)).thenAccept(this::report);
      }
    }

    private void report(SendResult result) {
      if (result.sent().isEmpty() && result.failed().isEmpty()) {
        say("* nobody is here yet");
      }
      result.failed().forEach((peer, cause) -> say("* not sent to " + peer + ": " + text(cause)));
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
        String how =
            session
                .securityMetadata(peer)
                .map(metadata -> metadata.protocol() + " " + metadata.cipherSuite())
                .orElse("not protected");
        told.clear();
        options.connected(session, peer);
        say("* " + peer.displayName() + " joined (" + how + ")");
      } else if (state instanceof PeerState.Disconnected gone) {
        String why = gone.cause().map(cause -> ": " + text(cause)).orElse("");
        say("* " + peer.displayName() + " left" + why);
      }
    }

    @Override
    public void messageReceived(Session session, Peer from, Payload message) {
      say(from.displayName() + ": " + message.toUtf8String());
    }

    @Override
    public void connectFailed(Session session, Endpoint endpoint, NetworkException cause) {
      String who = endpoint instanceof Endpoint.HostPort address ? address.host() : text(endpoint);
      String why =
          cause instanceof HandshakeException handshake
              ? handshake.reason().name()
              : cause.getClass().getSimpleName();
      if (told.add(who + " " + why)) { // it is tried again and again: once is enough
        say("* no connection with " + text(endpoint) + ": " + text(cause));
      }
    }

    private static String text(Endpoint endpoint) {
      return endpoint instanceof Endpoint.Bonjour service ? service.name() : endpoint.toString();
    }

    @Override
    public void discoveryFailed(Session session, NetworkException cause) {
      say("* " + text(cause));
    }

    @Override
    public void advertised(Session session, Endpoint.Bonjour endpoint) {
      say("* others find you as " + endpoint.name());
    }

    private static String text(NetworkException cause) {
      return String.valueOf(cause.getMessage());
    }

    /** What a peer sent may hold codes that command a terminal: they are shown, not obeyed. */
    private static String printable(String text) {
      StringBuilder safe = new StringBuilder();
      text.codePoints()
          .map(c -> Character.isISOControl(c) && c != '\t' ? '\uFFFD' : c)
          .forEach(safe::appendCodePoint);
      return safe.toString();
    }
  }
}
