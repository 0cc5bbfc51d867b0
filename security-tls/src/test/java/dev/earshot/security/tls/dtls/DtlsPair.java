package dev.earshot.security.tls.dtls;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.DatagramSecurity.SecuredFlow;
import dev.earshot.spi.DatagramSecurity.Verdict;
import dev.earshot.spi.Loop;
import dev.earshot.spi.StreamSecurity.Role;
import dev.earshot.testing.VirtualTime;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client and a server with a doorkeeper, in virtual time, and a wire that loses what it is told.
 */
final class DtlsPair {
  static final InetSocketAddress CLIENT = new InetSocketAddress("10.0.0.1", 1_111);
  private static final Duration LATENCY = Duration.ofMillis(1);

  final VirtualTime time;
  final End client;
  final End server;
  final DatagramSecurity.Doorkeeper doorkeeper;
  final List<byte[]> toServer = new ArrayList<>();
  final List<byte[]> toClient = new ArrayList<>();
  private final Loop loop;
  private Wire wire = (fromClient, number, datagram) -> List.of(new Delivery(datagram, LATENCY));

  /** What becomes of a datagram. */
  interface Wire {
    List<Delivery> carry(boolean fromClient, int number, byte[] datagram);
  }

  /** One copy that arrives. */
  record Delivery(byte[] datagram, Duration after) {
    static Delivery soon(byte[] datagram) {
      return new Delivery(datagram, LATENCY);
    }
  }

  DtlsPair(VirtualTime time, DatagramSecurity client, DatagramSecurity server, int size) {
    this.time = time;
    this.loop = time.loop("loop");
    this.doorkeeper = call(() -> server.doorkeeper(loop));
    this.server = new End(server, Role.SERVER, size);
    this.client = new End(client, Role.CLIENT, size);
  }

  static DtlsPair of(DatagramSecurity client, DatagramSecurity server) {
    return new DtlsPair(new VirtualTime(7), client, server, 1_400);
  }

  DtlsPair over(Wire other) {
    wire = other;
    return this;
  }

  /** Begins, and lets {@code limit} pass at most until both are ready. */
  DtlsPair shakeHands(Duration limit) {
    run(client::begin);
    time.runUntil(() -> client.isSettled() && server.isSettled(), limit);
    return this;
  }

  DtlsPair shakeHands() {
    return shakeHands(Duration.ofSeconds(10));
  }

  void run(Runnable task) {
    loop.execute(task);
    time.runUntilIdle();
  }

  private <T> T call(Supplier<T> what) {
    List<T> result = new ArrayList<>();
    run(() -> result.add(what.get()));
    return result.get(0);
  }

  void pass() {
    time.advance(Duration.ofMillis(50));
  }

  /** Gives {@code datagram} to the server's port as if it came from {@code source}. */
  Verdict knock(InetSocketAddress source, byte[] datagram) {
    return call(() -> doorkeeper.look(source, datagram));
  }

  private void carry(boolean fromClient, byte[] datagram) {
    List<byte[]> sent = fromClient ? toServer : toClient;
    sent.add(datagram);
    for (Delivery delivery : wire.carry(fromClient, sent.size() - 1, datagram)) {
      byte[] copy = delivery.datagram().clone();
      loop.schedule(delivery.after(), () -> arrive(fromClient, copy));
    }
  }

  void arrive(boolean fromClient, byte[] datagram) {
    if (!fromClient) {
      client.flow().arrived(datagram);
    } else if (server.flow != null) {
      server.flow.arrived(datagram);
    } else {
      Verdict verdict = doorkeeper.look(CLIENT, datagram);
      if (verdict.admitted()) {
        server.begin();
        server.flow().arrived(datagram);
      } else if (!verdict.answer().isEmpty()) {
        carry(false, verdict.answer().toByteArray());
      }
    }
  }

  /** One side, and what became of it. */
  final class End implements DatagramSecurity.Events {
    final List<Payload> contents = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    @Nullable NetworkException failure;
    private final DatagramSecurity security;
    private final Role role;
    private final int size;
    @Nullable SecuredFlow flow;
    boolean ready;

    End(DatagramSecurity security, Role role, int size) {
      this.security = security;
      this.role = role;
      this.size = size;
    }

    void begin() {
      String peer = role == Role.CLIENT ? "server" : "client";
      Loop home = loop;
      SecuredFlow made =
          security.open(
              role,
              new DatagramSecurity.Place(
                  home, time.executor("workers"), peer, Endpoint.of(CLIENT), size),
              this);
      flow = made;
      made.begin();
    }

    SecuredFlow flow() {
      if (flow == null) {
        throw new AssertionError(role + " has not begun");
      }
      return flow;
    }

    boolean isSettled() {
      return ready || failure != null;
    }

    /** Seals {@code text} and sends it; the datagram. */
    byte[] say(String text) {
      List<byte[]> made = new ArrayList<>();
      run(
          () -> {
            byte[] target = new byte[2_000];
            int length = flow().seal(Payload.utf8(text), target, 3);
            byte[] datagram = Arrays.copyOfRange(target, 3, 3 + length);
            made.add(datagram);
            carry(role == Role.CLIENT, datagram);
          });
      return made.get(0);
    }

    List<String> texts() {
      return contents.stream().map(Payload::toUtf8String).toList();
    }

    @Override
    public void send(byte[] array, int from, int length) {
      carry(role == Role.CLIENT, Arrays.copyOfRange(array, from, from + length));
    }

    @Override
    public void heard() {
      events.add("heard");
    }

    @Override
    public void ready() {
      ready = true;
      events.add("ready");
    }

    @Override
    public void content(Payload content) {
      contents.add(content);
    }

    @Override
    public void closed() {
      events.add("closed");
    }

    @Override
    public void failed(NetworkException cause) {
      failure = cause;
      events.add("failed");
    }
  }
}
