package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Contestant;
import io.netty.channel.Channel;

/** A bound Netty channel; its contact is the port. */
record NettyServer(Channel channel) implements Contestant.Server {
  @Override
  public String contact() {
    return Integer.toString(NettyLoops.port(channel));
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
  }
}
