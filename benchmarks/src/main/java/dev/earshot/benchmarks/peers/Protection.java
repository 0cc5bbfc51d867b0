package dev.earshot.benchmarks.peers;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;

/** What stands between the frames of a raw Netty contestant and its socket. */
interface Protection {
  /** Nothing. */
  Protection NONE =
      new Protection() {
        @Override
        public void serve(Channel channel) {}

        @Override
        public void connect(Channel channel) {}

        /**
         * The end of one stream of TCP, which Netty's serving side answers with that of its own.
         */
        @Override
        public void farewell(Channel channel) {
          ((DuplexChannel) channel).shutdownOutput();
        }
      };

  /** Protects a channel that was accepted. */
  void serve(Channel channel);

  /** Protects a channel that connects. */
  void connect(Channel channel);

  /** Says farewell on a channel that has connected; it closes when the peer has answered. */
  void farewell(Channel channel);
}
