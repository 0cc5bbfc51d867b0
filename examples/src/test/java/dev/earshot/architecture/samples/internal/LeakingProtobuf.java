package dev.earshot.architecture.samples.internal;

import com.google.protobuf.ByteString;

/** Ties the core to an engine. */
interface LeakingProtobuf {
  ByteString bytes();
}
