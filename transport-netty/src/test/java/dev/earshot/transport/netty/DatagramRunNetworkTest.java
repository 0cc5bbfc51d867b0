package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.NetworkPath;
import dev.earshot.UdpOptions;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of the time that the system takes for what leaves. */
@Tag("network")
class DatagramRunNetworkTest {
  private static final int MANY = 40_000;
  private static final int FEW = 1_000;

  private final List<Integer> measured = new ArrayList<>();
  private MultiThreadIoEventLoopGroup group;
  private DatagramChannel channel;
  private UdpFlow flow;
  private DatagramRun run;

  private final UdpSocket.Owner nobody =
      new UdpSocket.Owner() {
        @Override
        public void arrived(InetSocketAddress source, byte[] datagram) {}

        @Override
        public void batchOver() {}

        @Override
        public void writable() {}

        @Override
        public void trouble(Throwable cause) {}

        @Override
        public void lost() {}
      };

  private final UdpFacts.Owner noOwner =
      new UdpFacts.Owner() {
        @Override
        public void opened(UdpFlow opened) {}

        @Override
        public void ended(UdpFlow ended) {}
      };

  private void open(String kind, int port) throws Exception {
    NativeTransports natives = NativeTransports.named(kind);
    group = new MultiThreadIoEventLoopGroup(1, natives.handlers());
    channel = natives.datagrams().get();
    NettyLoop loop = new NettyLoop(group.next(), ByteBufAllocator.DEFAULT, () -> false);
    UdpSocket socket = new UdpSocket(loop, channel, nobody);
    InetSocketAddress remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    loop.eventLoop().register(channel).sync();
    channel.connect(remote).sync();
    NetworkPath path =
        new NetworkPath(
            NetworkPath.Status.SATISFIED, Optional.empty(), Optional.empty(), Optional.empty());
    UdpFacts facts =
        new UdpFacts(remote, path, "a peer", UdpOptions.DEFAULT, Optional.empty(), noOwner);
    flow = onLoop(() -> new UdpFlow(loop, socket, facts));
    run = new DatagramRun(loop, socket, flow, (bytes, nanos) -> measured.add(bytes));
  }

  @AfterEach
  void close() throws Exception {
    channel.close().sync();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return group.next().submit(task).get();
  }

  private long send(int length) throws Exception {
    return onLoop(
        () -> {
          run.add(new byte[length], length);
          run.leave();
          channel.flush();
          return flow.notSent();
        });
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void onlyMuchAtOnceTellsHowFastTheSystemIs(String kind) throws Exception {
    try (DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      open(kind, peer.getLocalPort());
      assertThat(send(FEW)).isZero();
      assertThat(send(MANY)).isZero();
      assertThat(send(FEW)).isZero();
    }
    assertThat(measured).containsExactly(MANY);
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void whatTheSystemHasNotTakenTellsNothing(String kind) throws Exception {
    int closed;
    try (DatagramSocket gone = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      closed = gone.getLocalPort();
    }
    open(kind, closed);
    int sent = 0;
    long failed = 0;
    while (failed < 3 && sent < 1_000) {
      failed = send(MANY);
      sent++;
    }
    assertThat(failed).as("writes to a port that is closed").isEqualTo(3);
    assertThat(measured).hasSize((int) (sent - failed));
  }
}
