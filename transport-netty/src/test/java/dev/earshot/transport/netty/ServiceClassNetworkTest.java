package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.ServiceClass;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
      data, ancillary, flags, peer = s.recvmsg(100, 100)
      for level, kind, value in ancillary:
          print('mark', value[0], flush=True)
      """;

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
