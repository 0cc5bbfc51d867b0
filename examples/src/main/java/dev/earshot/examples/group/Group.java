package dev.earshot.examples.group;

import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.ServiceType;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerState;
import dev.earshot.session.Session;
import java.util.Set;
import java.util.concurrent.Executor;

/** Joins everybody who has the same key. */
public final class Group {
  private Group() {}

  /** The parameters of both sides of the README. */
  public static Parameters parameters(byte[] secret) {
    // README: both
    PreSharedKey key = PreSharedKey.of("den", secret); // 32 random bytes that both sides know
    Parameters parameters = Parameters.webSocket().security(Security.psk(key)).build();
    // README: end
    return parameters;
  }

  /** A session that greets whoever is there. */
  public static Session join(Network network, PreSharedKey key, Executor queue) {
    // README: group
    Session session =
        Session.builder(network, Peer.named("Ada"))
            .serviceType(ServiceType.tcp("my-game"))
            .security(Security.psk(key))
            .build();
    session.start(new Greeter(), queue);
    // README: end
    return session;
  }

  /** Greets whoever joins, and prints what they say. */
  // README: group
  static final class Greeter implements Session.Handler {
    @Override
    public void peerUpdated(Session session, Peer peer, PeerState state) {
      if (state instanceof PeerState.Connected) {
        session.send(Payload.utf8("hello, " + peer.displayName()), Set.of(peer));
      }
    }

    @Override
    public void messageReceived(Session session, Peer from, Payload message) {
      System.out.println(from.displayName() + ": " + message.toUtf8String());
    }
  }
  // README: end
}
