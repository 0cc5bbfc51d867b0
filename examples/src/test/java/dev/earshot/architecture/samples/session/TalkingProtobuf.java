package dev.earshot.architecture.samples.session;

import com.google.protobuf.ByteString;

/** In the right module, but where users see it. */
interface TalkingProtobuf {
  ByteString bytes();
}
