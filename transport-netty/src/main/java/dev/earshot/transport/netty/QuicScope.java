package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/**
 * Says of the datagrams of a connected socket that they come from the address that was connected
 * to, with its scope. Netty's native transports leave out the scope, and the engine takes an
 * address without it for another one, from which it drops everything.
 */
@LoopConfined
final class QuicScope extends ChannelInboundHandlerAdapter {
  private final InetSocketAddress remote;

  private QuicScope(InetSocketAddress remote) {
    this.remote = remote;
  }

  /** Sees to it in {@code pipeline}, of a socket connected to {@code remote}, if there is one. */
  static void keep(ChannelPipeline pipeline, InetSocketAddress remote) {
    if (remote.getAddress() instanceof Inet6Address six && six.getScopeId() != 0) {
      pipeline.addLast(new QuicScope(remote));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    context.fireChannelRead(new DatagramPacket(packet.content(), packet.recipient(), remote));
  }
}
