package dev.earshot.architecture.samples.internal;

import io.netty.buffer.ByteBuf;

/** Ties the core to an engine. */
interface LeakingNetty {
  ByteBuf bytes();
}
