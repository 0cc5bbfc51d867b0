package dev.earshot.internal.listener;

import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.internal.connection.Protection;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Port;
import dev.earshot.spi.Transport;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a listener has bound: a first set of addresses, and those that its link got later, all to
 * the same port number. Without the first set the listener is not ready; the others are bound as
 * well as they can be.
 */
@LoopConfined
final class BoundPorts {
  private static final System.Logger LOG = System.getLogger("dev.earshot.listener");

  private final Transport transport;
  private final Loop loop;
  private final Parameters parameters;
  private final Protection protection;
  private final Port.Events events;

  private final List<Port> ports = new ArrayList<>();
  private final Set<InetAddress> addresses = new HashSet<>();
  private boolean accepting = true;

  BoundPorts(
      Transport transport,
      Loop loop,
      Parameters parameters,
      Protection protection,
      Port.Events events) {
    this.transport = transport;
    this.loop = loop;
    this.parameters = parameters;
    this.protection = protection;
    this.events = events;
  }

  /** The addresses that are bound, or being bound. */
  Set<InetAddress> addresses() {
    loop.assertInLoop();
    return addresses;
  }

  /** Binds the first set; {@code bound} or {@code failed} is called. */
  void bind(List<InetSocketAddress> locals) {
    loop.assertInLoop();
    bind(locals, events);
  }

  /** Binds more addresses to the port that is bound already; only {@code accepted} is called. */
  void bindAlso(List<InetSocketAddress> locals) {
    loop.assertInLoop();
    bind(locals, new Additional(locals));
  }

  private void bind(List<InetSocketAddress> locals, Port.Events told) {
    locals.forEach(local -> addresses.add(local.getAddress()));
    Port port =
        transport.listen(
            loop,
            new ListenRequest(
                locals,
                parameters,
                protection.streams(),
                protection.datagrams(),
                protection.trust()),
            told);
    if (!accepting) {
      port.accepting(false);
    }
    ports.add(port);
  }

  /** Stops or resumes accepting. */
  void accepting(boolean value) {
    loop.assertInLoop();
    if (accepting != value) {
      accepting = value;
      ports.forEach(port -> port.accepting(value));
    }
  }

  /** Frees everything. */
  void close() {
    loop.assertInLoop();
    ports.forEach(Port::close);
    ports.clear();
    addresses.clear();
  }

  /** The events of additional addresses: a failure leaves the listener as it is. */
  private final class Additional implements Port.Events {
    private final List<InetSocketAddress> locals;

    Additional(List<InetSocketAddress> locals) {
      this.locals = locals;
    }

    @Override
    public void bound(int number) {
      LOG.log(Level.DEBUG, () -> "listening also on " + locals);
    }

    @Override
    public void accepted(Arrival arrival) {
      events.accepted(arrival);
    }

    @Override
    public void failed(NetworkException cause) {
      // Forgotten, so that it is tried again when the link changes the next time.
      locals.forEach(local -> addresses.remove(local.getAddress()));
      LOG.log(Level.INFO, () -> "not listening also on " + locals + ": " + cause.getMessage());
    }
  }
}
