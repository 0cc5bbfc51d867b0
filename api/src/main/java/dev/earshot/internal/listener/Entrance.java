package dev.earshot.internal.listener;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.NetworkLink;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.internal.connection.ConnectionHost;
import dev.earshot.internal.connection.LiveConnection;
import dev.earshot.internal.connection.LiveGroup;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Lets those in who may come in, as connections that are not started, and refuses the others. */
@LoopConfined
final class Entrance {
  private static final System.Logger LOG = System.getLogger("dev.earshot.listener");

  private final ConnectionHost host;
  private final Loop loop;
  private final Parameters parameters;
  private final Admission admission;
  private final BindAddresses choice;
  private final Supplier<LinkTable> links;
  private final Guests guests;

  /** Where those go who were let in; called on the loop. */
  interface Guests {
    void handOver(Connection connection);

    void handOver(ConnectionGroup group);
  }

  /** An entrance that hands over to {@code guests}. */
  Entrance(
      ConnectionHost host,
      Loop loop,
      Parameters parameters,
      Supplier<LinkTable> links,
      Guests guests) {
    this.host = host;
    this.loop = loop;
    this.parameters = parameters;
    this.admission = new Admission(parameters);
    this.choice = new BindAddresses(parameters);
    this.links = links;
    this.guests = guests;
  }

  /** Lets in {@code limit} more. */
  void limit(int limit) {
    loop.assertInLoop();
    admission.limit(limit);
  }

  /** Whether anybody may come in, as far as the user's limit goes. */
  boolean isOpen() {
    loop.assertInLoop();
    return admission.isOpen();
  }

  /** How many were refused so far. */
  long refused() {
    loop.assertInLoop();
    return admission.refused();
  }

  /** Takes {@code arrival} in, or refuses it. */
  void accept(Arrival arrival) {
    loop.assertInLoop();
    Optional<InetAddress> remote =
        arrival.path().remoteEndpoint().map(InetSocketAddress::getAddress);
    if (remote.isEmpty()) {
      arrival.loop().execute(arrival::refuse); // it was gone before it was here
      return;
    }
    InetAddress address = remote.get();
    Optional<String> refusal =
        isLinkPermitted(arrival.path())
            ? admission.admit(address)
            : admission.refuse("it came over a link that may not be used");
    if (refusal.isPresent()) {
      refuse(arrival, refusal.get());
      return;
    }
    Runnable handOver;
    try {
      handOver = letIn(arrival, () -> settled(address));
    } catch (RuntimeException e) {
      // Such as port 0, which the system accepts and nobody can name. Whatever one peer does, the
      // others are still let in.
      admission.settled(address);
      refuse(arrival, admission.refuse(String.valueOf(e.getMessage())).orElseThrow());
      return;
    }
    handOver.run();
  }

  private Runnable letIn(Arrival arrival, Runnable handshakeOver) {
    if (parameters.protocol() instanceof Protocol.Quic) {
      LiveGroup group = LiveGroup.incoming(host, arrival, parameters, handshakeOver);
      return () -> guests.handOver(group);
    }
    Connection connection = LiveConnection.incoming(host, arrival, parameters, handshakeOver);
    return () -> guests.handOver(connection);
  }

  private boolean isLinkPermitted(NetworkPath path) {
    if (!choice.mustCheckArrivals()) {
      return true;
    }
    // A link that cannot be told may be a prohibited one.
    Optional<NetworkLink> link = links.get().linkOf(path);
    return link.map(choice::permits).orElse(false);
  }

  private void settled(InetAddress remote) {
    try {
      loop.execute(() -> admission.settled(remote));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.TRACE, "nobody counts handshakes any more: the network is closed", e);
    }
  }

  private void refuse(Arrival arrival, String why) {
    if (admission.isWorthALine()) {
      LOG.log(
          Level.WARNING,
          () ->
              "refused a connection from "
                  + arrival.path().remoteEndpoint().map(Object::toString).orElse("somewhere")
                  + ": "
                  + why
                  + "; refused so far: "
                  + admission.refused());
    }
    arrival.loop().execute(arrival::refuse);
  }
}
