package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.ServiceClass;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The marks of service classes: on sockets as the system tells, and on packets as they arrive. */
@Tag("network")
class ServiceClassNetworkTest {
  /** Prints the port that it listens on, and then the mark of the first datagram. */
  private static final String MARK_OF_A_DATAGRAM =
      """
      import socket, sys
      six = sys.argv[1] == '6'
      s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
      if six:
          s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)
      else:
          s.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
      s.bind(('::1' if six else '127.0.0.1', int(sys.argv[2])))
      print('listening', flush=True)
      data, ancillary, flags, peer = s.recvmsg(2000, 100)
      for level, kind, value in ancillary:
          print('mark', value[0], flush=True)
      """;

  /** Sends a datagram to a port of 127.0.0.1, and prints the mark of the answer. */
  private static final String MARK_OF_THE_ANSWER =
      """
      import socket, sys
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      s.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
      s.sendto(bytes.fromhex(sys.argv[2]), ('127.0.0.1', int(sys.argv[1])))
      data, ancillary, flags, peer = s.recvmsg(2000, 100)
      for level, kind, value in ancillary:
          print('mark', value[0], flush=True)
      """;

  /**
   * RFC 9000, section 17.2: a long header with a version that nobody speaks, two connection ids of
   * eight bytes, and padding (section 14.1); it is answered by Version Negotiation.
   */
  private static final String UNKNOWN_VERSION =
      "c0" + "1a2a3a4a" + "080102030405060708" + "081112131415161718" + "00".repeat(1_200);

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final ServiceClass VIDEO = ServiceClass.INTERACTIVE_VIDEO;

  private final List<ForeignTool> open = new ArrayList<>();

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void aSocketIsMarkedOnlyIfItIsAskedFor(String natives) {
    SocketChannel channel = NativeTransports.named(natives).sockets().get();
    SocketOptions.mark(channel, ServiceClass.BEST_EFFORT);
    assertThat(channel.config().getTrafficClass()).isZero();
    SocketOptions.mark(channel, ServiceClass.INTERACTIVE_VOICE);
    assertThat(channel.config().getTrafficClass()).isEqualTo(0xB8); // EF, 46, in six bits
    channel.unsafe().closeForcibly();
  }

  @Test
  void whatTcpSendsIsMarked() throws Exception {
    ForeignTool.require("ss");
    Parameters voice = Parameters.tcp().serviceClass(ServiceClass.INTERACTIVE_VOICE).build();
    try (Network network = Network.open();
        ServerSocket server = new ServerSocket()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Connection connection =
          network.connection(Endpoint.hostPort("127.0.0.1", server.getLocalPort()), voice);
      End.await(connection.start().ready());
      try (ForeignTool ss =
          ForeignTool.run("ss", "-tnH", "--tos", "dport", "=", ":" + server.getLocalPort())) {
        ss.awaitOutput("tos:0xb8");
      }
    }
  }

  /** Java marks IPv6 alone, on a socket of TCP for both. */
  @ParameterizedTest
  @CsvSource({
    "epoll, 127.0.0.1, tos:0xb8",
    "epoll, ::1, tclass:0xb8",
    "nio, ::1, tclass:0xb8",
  })
  void whatTheAcceptingSideOfTcpSendsIsMarked(String natives, String address, String mark)
      throws Exception {
    ForeignTool.require("ss");
    Natives.assume(natives);
    InetAddress host = InetAddress.getByName(address);
    Parameters voice = Parameters.tcp().serviceClass(ServiceClass.INTERACTIVE_VOICE).build();
    try (Network network = open(natives)) {
      int port = listen(network, host, voice);
      try (Socket peer = new Socket(host, port)) {
        peer.getOutputStream().write('x');
        assertThat(peer.getInputStream().read()).isEqualTo('x'); // it has been accepted
        try (ForeignTool ss = ForeignTool.run("ss", "-tnH", "--tos", "sport", "=", ":" + port)) {
          ss.awaitOutput(mark);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void whatTheAcceptingSideOfUdpSendsArrivesMarked(String natives) throws Exception {
    ForeignTool.require("python3");
    try (Network network = open(natives)) {
      int port = listen(network, LOOPBACK, Parameters.udp().serviceClass(VIDEO).build());
      markOfTheAnswer(port, "78").awaitOutput("mark 136");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void whatTheAcceptingSideOfQuicSendsArrivesMarked(String natives) throws Exception {
    ForeignTool.require("python3");
    try (Network network = open(natives)) {
      int port = listen(network, LOOPBACK, quic());
      markOfTheAnswer(port, UNKNOWN_VERSION).awaitOutput("mark 136");
    }
  }

  private static Network open(String natives) {
    return Network.builder().transport(new QuicPair.Over(natives)).open();
  }

  private static Parameters quic() {
    return QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, QuicPair.options().build()).toBuilder()
        .serviceClass(VIDEO)
        .build();
  }

  /** Listens, and sends back the first byte or message that each connection brings. */
  private static int listen(Network network, InetAddress host, Parameters parameters) {
    Listener listener = network.listener(parameters.toBuilder().localAddress(host).build());
    listener.start(
        (from, connection) ->
            connection
                .start()
                .receiveMessage()
                .thenAccept(received -> connection.send(received.content())),
        Runnable::run);
    return End.await(listener.ready()).port().orElseThrow();
  }

  private ForeignTool markOfTheAnswer(int port, String hex) throws IOException {
    ForeignTool peer =
        ForeignTool.run("python3", "-c", MARK_OF_THE_ANSWER, Integer.toString(port), hex);
    open.add(peer);
    return peer;
  }

  @AfterEach
  void close() {
    open.forEach(ForeignTool::close);
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void whatQuicSendsArrivesMarked(String natives) throws Exception {
    ForeignTool.require("python3");
    int port = ForeignTool.freePort();
    try (Network network = open(natives);
        ForeignTool peer =
            ForeignTool.run("python3", "-c", MARK_OF_A_DATAGRAM, "4", Integer.toString(port))) {
      peer.awaitOutput("listening");
      network.connection(Endpoint.hostPort("127.0.0.1", port), quic()).start();
      peer.awaitOutput("mark 136");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"4", "6"})
  void datagramsArriveMarked(String version) throws Exception {
    ForeignTool.require("python3");
    int port = ForeignTool.freePort();
    Parameters video = Parameters.udp().serviceClass(ServiceClass.INTERACTIVE_VIDEO).build();
    try (Network network = Network.open();
        ForeignTool peer =
            ForeignTool.run("python3", "-c", MARK_OF_A_DATAGRAM, version, Integer.toString(port))) {
      peer.awaitOutput("listening");
      String host = version.equals("6") ? "::1" : "127.0.0.1";
      Connection connection = network.connection(Endpoint.hostPort(host, port), video);
      End.await(connection.start().ready());
      End.await(connection.send(Payload.utf8("hello")));
      peer.awaitOutput("mark 136"); // AF41, 34, in six bits
    }
  }
}
