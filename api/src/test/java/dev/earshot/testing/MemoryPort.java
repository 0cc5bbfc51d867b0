package dev.earshot.testing;

import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Port;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;

/** A bound port on a {@link MemoryWire}. */
@LoopConfined
final class MemoryPort implements Port {
  private static final int BACKLOG = 128;

  private final MemoryTransport transport;
  private final Loop loop;
  private final ListenRequest request;
  private final Events events;
  private final ArrayDeque<MemoryArrival> backlog = new ArrayDeque<>();
  private boolean accepting = true;
  private boolean closed;

  MemoryPort(MemoryTransport transport, Loop loop, ListenRequest request, Events events) {
    this.transport = transport;
    this.loop = loop;
    this.request = request;
    this.events = events;
  }

  MemoryTransport transport() {
    return transport;
  }

  ListenRequest request() {
    return request;
  }

  List<InetAddress> addresses() {
    return request.locals().stream().map(InetSocketAddress::getAddress).toList();
  }

  /** Whether both, with one port number, would be bound to the same address. */
  boolean collidesWith(MemoryPort other) {
    return addresses().stream()
        .anyMatch(
            address ->
                address.isAnyLocalAddress()
                    || other.addresses().contains(address)
                    || other.addresses().stream().anyMatch(InetAddress::isAnyLocalAddress));
  }

  Events events() {
    return events;
  }

  boolean isClosed() {
    return closed;
  }

  /** Somebody is here; called on the arrival's loop. */
  void arrived(MemoryArrival arrival) {
    loop.execute(
        () -> {
          if (closed || backlog.size() >= BACKLOG) {
            arrival.loop().execute(arrival::refuse);
          } else {
            backlog.add(arrival);
            acceptAll();
          }
        });
  }

  @Override
  public void accepting(boolean wanted) {
    loop.assertInLoop();
    accepting = wanted;
    loop.execute(this::acceptAll);
  }

  @Override
  public void close() {
    loop.assertInLoop();
    if (!closed) {
      closed = true;
      transport.unbind(this);
      backlog.forEach(arrival -> arrival.loop().execute(arrival::refuse));
      backlog.clear();
    }
  }

  private void acceptAll() {
    while (accepting && !closed && !backlog.isEmpty()) {
      events.accepted(backlog.remove());
    }
  }

  @Override
  public String toString() {
    return "port of " + transport;
  }
}
