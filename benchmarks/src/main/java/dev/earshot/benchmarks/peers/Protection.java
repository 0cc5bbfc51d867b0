package dev.earshot.benchmarks.peers;

import io.netty.channel.Channel;

/** What stands between the frames of a raw Netty contestant and its socket. */
interface Protection {
  /** Nothing. */
  Protection NONE =
      new Protection() {
        @Override
        public void serve(Channel channel) {}

        @Override
        public void connect(Channel channel) {}
      };

  /** Protects a channel that was accepted. */
  void serve(Channel channel);

  /** Protects a channel that connects. */
  void connect(Channel channel);
}
