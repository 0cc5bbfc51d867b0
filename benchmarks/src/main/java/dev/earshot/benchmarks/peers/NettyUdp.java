package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Messages;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * The practical limit of datagrams: straight on Netty, a bounded queue drained into one buffer and
 * one write that the system cuts into datagrams (GSO), received as many at once (GRO) and looked at
 * where they lie. Without epoll each datagram is a write.
 */
public final class NettyUdp implements Contestant {
  private final NettyLoops loops = new NettyLoops(1 << 20);

  @Override
  public Server serve(Workload workload) throws InterruptedException {
    return new NettyServer(loops.bindDatagrams(new Serving(workload)));
  }

  @Override
  public Link connect(String contact, Workload workload) throws InterruptedException {
    Mailbox mailbox = new Mailbox();
    InetSocketAddress server = new InetSocketAddress("127.0.0.1", Integer.parseInt(contact));
    SegmentingSender sender = new SegmentingSender(server, workload.size());
    Channel channel = loops.connectDatagrams(server, sender, new Connecting(mailbox));
    return new DatagramLink(channel, sender, mailbox);
  }

  @Override
  public void close() {
    loops.close();
  }

  private record DatagramLink(Channel channel, Sender sender, Mailbox mailbox) implements Link {
    @Override
    public byte[] receive(Duration patience) {
      return mailbox.poll(patience);
    }

    @Override
    public void close() {
      channel.close().syncUninterruptibly();
    }
  }

  /** Cuts what the system put together. */
  private abstract static class Receiving extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      ByteBuf content = packet.content();
      int segment =
          packet instanceof SegmentedDatagramPacket several
              ? several.segmentSize()
              : content.readableBytes();
      while (content.isReadable()) {
        int length = Math.min(segment, content.readableBytes());
        datagram(context, content.readSlice(length), packet.sender());
      }
    }

    abstract void datagram(ChannelHandlerContext context, ByteBuf bytes, InetSocketAddress source);

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      System.err.println("netty-udp: " + cause);
    }
  }

  private static final class Connecting extends Receiving {
    private final Mailbox mailbox;

    Connecting(Mailbox mailbox) {
      this.mailbox = mailbox;
    }

    @Override
    void datagram(ChannelHandlerContext context, ByteBuf bytes, InetSocketAddress source) {
      mailbox.offer(ByteBufUtil.getBytes(bytes));
    }
  }

  private static final class Serving extends Receiving {
    private final Tally tally;

    Serving(Workload workload) {
      this.tally = new Tally(workload);
    }

    @Override
    void datagram(ChannelHandlerContext context, ByteBuf bytes, InetSocketAddress source) {
      switch (bytes.getByte(bytes.readerIndex())) {
        case Messages.DATA -> tally.data(bytes.readableBytes());
        case Messages.MARK -> {
          byte[] answer = tally.soFar(ByteBufUtil.getBytes(bytes));
          context.write(new DatagramPacket(Unpooled.wrappedBuffer(answer), source));
        }
        default -> context.write(new DatagramPacket(bytes.retain(), source));
      }
    }
  }
}
