package dev.earshot.architecture.samples.transport.netty;

import io.netty.buffer.ByteBuf;

/** Breaks nothing: this is Netty's room, and time is its business. */
final class NettyAtHome {
  final ByteBuf bytes;
  final long time = System.nanoTime();

  NettyAtHome(ByteBuf bytes) {
    this.bytes = bytes;
  }
}
