package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.UnreachableException;
import dev.earshot.spi.DialRequest;
import java.io.Closeable;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections leave from the port that their parameters name. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class LocalPortNetworkTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Security KEY = Security.psk(PreSharedKey.of("den", new byte[32]));

  @Parameter String natives;

  /** What a connection is made of. */
  enum Kind {
    TCP,
    WEB_SOCKET,
    UDP,
    DTLS,
    QUIC;

    Parameters here() {
      return switch (this) {
        case TCP -> Parameters.tcp().build();
        case WEB_SOCKET -> Parameters.webSocket().security(KEY).build();
        case UDP -> Parameters.udp().build();
        case DTLS -> Parameters.udp().security(KEY).build();
        case QUIC -> QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, QuicPair.options().build());
      };
    }

    Parameters there() {
      return this == QUIC
          ? QuicPair.parameters(QuicPair.DEN, QuicPair.LAB, QuicPair.options().build())
          : here();
    }

    boolean isTcp() {
      return this == TCP || this == WEB_SOCKET;
    }

    /** Takes {@code port} away, as another program would. */
    Closeable occupy(int port) throws Exception {
      return isTcp() ? new ServerSocket(port, 1, LOOPBACK) : new DatagramSocket(port, LOOPBACK);
    }
  }

  private Network open() {
    return Network.builder().transport(new QuicPair.Over(natives)).open();
  }

  /** One that both protocols have free. */
  private static int freePort() throws Exception {
    while (true) {
      int port;
      try (ServerSocket tcp = new ServerSocket(0, 1, LOOPBACK)) {
        port = tcp.getLocalPort();
        new DatagramSocket(port, LOOPBACK).close();
        return port;
      } catch (BindException taken) {
        continue;
      }
    }
  }

  private static Parameters from(Kind kind, int port) {
    return kind.here().toBuilder().localPort(port).build();
  }

  /** Where who comes to a new listener of {@code kind} comes from. */
  private static int listen(Network network, Kind kind, BlockingQueue<Integer> comers) {
    Listener listener = network.listener(kind.there().toBuilder().localAddress(LOOPBACK).build());
    listener.start(
        new Listener.Handler() {
          @Override
          public void newConnection(Listener from, Connection connection) {
            comers.add(((Endpoint.HostPort) connection.endpoint()).port());
            connection.start();
          }

          @Override
          public void newConnectionGroup(Listener from, ConnectionGroup group) {
            comers.add(((Endpoint.HostPort) group.endpoint()).port());
            group.start(new QuicPair.Side(), Runnable::run);
          }
        },
        Runnable::run);
    return End.await(listener.ready()).port().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theOtherSideSeesThePort(Kind kind) throws Exception {
    BlockingQueue<Integer> comers = new LinkedBlockingQueue<>();
    try (Network network = open()) {
      int port = freePort();
      int there = listen(network, kind, comers);
      Connection connection =
          network.connection(Endpoint.hostPort("127.0.0.1", there), from(kind, port)).start();
      End.await(connection.ready());
      End.await(connection.send(Payload.utf8("hello")));
      assertThat(QuicPair.poll(comers)).isEqualTo(port);
      assertThat(connection.currentPath().orElseThrow().localEndpoint())
          .contains(new InetSocketAddress(LOOPBACK, port));
    }
  }

  /** The first time that {@code connection} waits, why. */
  private static CompletableFuture<NetworkException> firstWait(Connection connection) {
    CompletableFuture<NetworkException> reason = new CompletableFuture<>();
    connection.start(
        new Connection.Handler() {
          @Override
          public void stateUpdated(Connection from, Connection.State state) {
            if (state instanceof Connection.State.Waiting waiting) {
              reason.complete(waiting.reason());
            } else if (state instanceof Connection.State.Ready) {
              reason.completeExceptionally(new AssertionError("it is ready"));
            }
          }
        },
        Runnable::run);
    return reason;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void portThatIsTakenIsNamedAndWaitedFor(Kind kind) throws Exception {
    BlockingQueue<Integer> comers = new LinkedBlockingQueue<>();
    try (Network network = open()) {
      int port = freePort();
      int there = listen(network, kind, comers);
      Connection connection =
          network.connection(Endpoint.hostPort("127.0.0.1", there), from(kind, port));
      try (Closeable other = kind.occupy(port)) {
        assertThat(End.await(firstWait(connection)))
            .isInstanceOf(UnreachableException.class)
            .hasMessage(
                "connecting to 127.0.0.1:%d from 127.0.0.1:%d: address in use", there, port);
        assertThat(other).isNotNull();
      }
      connection.restart();
      End.await(connection.ready());
      End.await(connection.send(Payload.utf8("hello")));
      assertThat(QuicPair.poll(comers)).isEqualTo(port);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void portIsFreeAgainWhenTheConnectionIsOver(Kind kind) throws Exception {
    BlockingQueue<Integer> comers = new LinkedBlockingQueue<>();
    try (Network network = open()) {
      int port = freePort();
      for (int time = 0; time < 2; time++) { // to two listeners: the first leaves a TIME_WAIT
        int there = listen(network, kind, comers);
        Connection connection =
            network.connection(Endpoint.hostPort("127.0.0.1", there), from(kind, port)).start();
        End.await(connection.ready());
        End.await(connection.send(Payload.utf8("hello")));
        assertThat(QuicPair.poll(comers)).isEqualTo(port);
        End.await(connection.cancel());
      }
    }
  }

  @Test
  void tcpLeavesFromOnePortToSeveralPeersButNotTwiceToOne() throws Exception {
    try (Network network = open();
        ServerSocket one = new ServerSocket(0, 9, LOOPBACK);
        ServerSocket two = new ServerSocket(0, 9, LOOPBACK)) {
      int port = freePort();
      for (ServerSocket each : List.of(one, two)) {
        Connection connection =
            network.connection(
                Endpoint.hostPort("127.0.0.1", each.getLocalPort()), from(Kind.TCP, port));
        End.await(connection.start().ready());
        try (Socket seen = each.accept()) {
          assertThat(seen.getPort()).isEqualTo(port);
          Connection again =
              network.connection(
                  Endpoint.hostPort("127.0.0.1", each.getLocalPort()), from(Kind.TCP, port));
          assertThat(End.await(firstWait(again)))
              .isInstanceOf(UnreachableException.class)
              .hasMessageContaining("from 127.0.0.1:" + port)
              .hasMessageEndingWith("port in use with the same peer, or until a moment ago");
          again.forceCancel();
        }
      }
    }
  }

  /** As in a race, in which neither is over when the other begins. */
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"TCP", "UDP"})
  void bothFamiliesLeaveFromThePortAtOnce(Kind kind) throws Exception {
    int port = freePort();
    try (Bench bench = new Bench(natives);
        ServerSocket four = new ServerSocket(0, 9, LOOPBACK);
        ServerSocket six = new ServerSocket(0, 9, InetAddress.getByName("::1"))) {
      for (ServerSocket each : List.of(four, six)) {
        End end = new End(bench.transport.nextLoop());
        InetSocketAddress to = (InetSocketAddress) each.getLocalSocketAddress();
        DialRequest request =
            new DialRequest(
                to, Optional.empty(), Endpoint.of(to), from(kind, port), Optional.empty());
        end.loop.execute(() -> end.dial = bench.transport.dial(end.loop, request, end));
        assertThat(End.await(end.ready).path().localEndpoint().orElseThrow().getPort())
            .isEqualTo(port);
      }
    }
  }

  /** As one is that came after the port was bound and before it was connected. */
  @Test
  void datagramsOfStrangersWhoKnowThePortAreDropped() throws Exception {
    try (Bench bench = new Bench(natives);
        DatagramSocket peer = new DatagramSocket(0, LOOPBACK)) {
      int port = freePort();
      End end = bench.dial(peer.getLocalPort(), from(Kind.UDP, port));
      End.await(end.ready);
      UdpDial dial = (UdpDial) end.dial;
      InetSocketAddress stranger = new InetSocketAddress(LOOPBACK, freePort());
      end.loop.execute(() -> dial.arrived(stranger, new byte[] {'s'}));
      peer.send(new DatagramPacket(new byte[] {'p'}, 1, new InetSocketAddress(LOOPBACK, port)));
      assertThat(end.next().content().toUtf8String()).isEqualTo("p");
      end.abort();
    }
  }
}
