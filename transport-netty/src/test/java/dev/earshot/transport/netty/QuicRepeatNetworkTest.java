package dev.earshot.transport.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is sent again, of what an engine writes while it closes a connection. */
@Tag("network")
class QuicRepeatNetworkTest {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final NettyLoop loop = new NettyLoop(group.next(), ByteBufAllocator.DEFAULT, () -> false);
  private final NioDatagramChannel channel = new NioDatagramChannel();
  private final QuicFarewell farewell = new QuicFarewell(loop, channel);
  private DatagramSocket peer;

  @BeforeEach
  void open() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    peer = new DatagramSocket(new InetSocketAddress(loopback, 0));
    peer.setSoTimeout(20_000);
    group.register(channel).sync();
    channel.bind(new InetSocketAddress(loopback, 0)).sync();
  }

  @AfterEach
  void close() throws Exception {
    peer.close();
    channel.close().sync();
    group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
  }

  private void writes(String text) {
    farewell.written(new DatagramPacket(content(text), to()));
  }

  private static ByteBuf content(String text) {
    return Unpooled.copiedBuffer(text, US_ASCII);
  }

  private InetSocketAddress to() {
    return (InetSocketAddress) peer.getLocalSocketAddress();
  }

  private void say(Runnable close) {
    loop.execute(() -> farewell.say(close));
  }

  private List<String> arrive(int count) throws Exception {
    List<String> all = new ArrayList<>();
    while (all.size() < count) {
      java.net.DatagramPacket packet = new java.net.DatagramPacket(new byte[100], 100);
      peer.receive(packet);
      all.add(new String(packet.getData(), 0, packet.getLength(), US_ASCII));
    }
    return all;
  }

  @Test
  void theLastPacketIsSentThreeTimesMore() throws Exception {
    say(
        () -> {
          writes("data");
          writes("bye");
          farewell.written(new DatagramPacket(Unpooled.EMPTY_BUFFER, to()));
        });
    assertThat(arrive(3)).containsOnly("bye");
  }

  @Test
  void ofPacketsInOneWriteTheLastCounts() throws Exception {
    say(() -> farewell.written(new SegmentedDatagramPacket(content("onetwoby"), 3, to())));
    assertThat(arrive(3)).containsOnly("by");
  }

  @Test
  void whatOthersWriteInAFlushIsTheirs() throws Exception {
    say(
        () -> {
          writes("bye");
          farewell.flushing(() -> writes("of another connection"));
        });
    assertThat(arrive(3)).containsOnly("bye");
  }

  @Test
  void aConnectionThatEndsWithinAnotherKeepsItsOwn() throws Exception {
    say(
        () -> {
          writes("outer");
          farewell.say(() -> writes("inner"));
        });
    assertThat(arrive(6)).containsOnly("outer", "inner").filteredOn("outer"::equals).hasSize(3);
  }

  @Test
  void theSocketIsClosedWhenAllIsSaid() throws Exception {
    say(() -> writes("bye"));
    farewell.closeSocket();
    farewell.closeSocket();
    assertThat(arrive(3)).containsOnly("bye");
    assertThat(channel.closeFuture().await(20_000)).isTrue();
  }

  @Test
  void aHandshakeIsNotRepeated() throws Exception {
    byte[] initial = {(byte) 0xC3, 1, 2};
    say(() -> farewell.written(new DatagramPacket(Unpooled.wrappedBuffer(initial), to())));
    assertThat(arriveUntilClosed()).containsExactly("end");
  }

  /** What the peer gets until the socket is closed, and then a packet of the test's. */
  private List<String> arriveUntilClosed() throws Exception {
    farewell.closeSocket();
    assertThat(channel.closeFuture().await(20_000)).isTrue();
    try (DatagramSocket other = new DatagramSocket()) {
      other.send(new java.net.DatagramPacket("end".getBytes(US_ASCII), 3, to()));
    }
    List<String> all = new ArrayList<>(arrive(1));
    while (!all.contains("end")) {
      all.addAll(arrive(1));
    }
    return all;
  }

  @Test
  void onlySoManySocketsStayOpenForThis() throws Exception {
    loop.eventLoop()
        .submit(
            () -> {
              int more = 0;
              while (loop.mayLinger()) {
                more++;
              }
              assertThat(more).isEqualTo(100);
            })
        .sync();
    say(() -> writes("bye"));
    assertThat(arriveUntilClosed()).containsExactly("end");
    loop.eventLoop()
        .submit(
            () -> {
              loop.lingered();
              assertThat(loop.mayLinger()).isTrue();
            })
        .sync();
  }
}
