package dev.earshot.benchmarks.peers;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import io.netty.util.concurrent.ImmediateExecutor;
import java.util.concurrent.TimeUnit;

/**
 * How QUIC is set up straight on Netty: as Earshot's transport sets it up when its options are at
 * their defaults. Congestion control is the engine's default for both.
 *
 * @param payload the bytes of the largest packet that is sent, without the headers of IP and UDP
 */
record QuicSettings(int payload) {
  static final QuicSettings USUAL = new QuicSettings(1_350);
  static final QuicSettings LARGE = new QuicSettings(9_000);

  private static final int LEAST_RECEIVED = 2_048;
  private static final int MOST_IN_ONE_WRITE = 65_507;
  private static final int MOST_SEGMENTS = 40;
  private static final int BATCH = 64;
  private static final int SYSTEM_BUFFER = 2 << 20;
  private static final int DATAGRAM_READ = 64 << 10;
  private static final int STREAM_READ = 64 << 10;
  private static final int STREAM_WINDOW = 1 << 20;
  private static final int WINDOW = 8 << 20;
  private static final int STREAMS = 100;

  <B extends QuicCodecBuilder<B>> B engine(B codec) {
    return codec
        .sslTaskExecutor(ImmediateExecutor.INSTANCE)
        .maxIdleTimeout(Earshot.IDLE.toSeconds(), TimeUnit.SECONDS)
        .maxSendUdpPayloadSize(payload)
        .maxRecvUdpPayloadSize(received())
        .initialMaxData(WINDOW)
        .initialMaxStreamDataBidirectionalLocal(STREAM_WINDOW)
        .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
        .initialMaxStreamsBidirectional(STREAMS);
  }

  Bootstrap socket(Bootstrap socket) {
    return socket
        .option(ChannelOption.SO_RCVBUF, SYSTEM_BUFFER)
        .option(ChannelOption.SO_SNDBUF, SYSTEM_BUFFER)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(DATAGRAM_READ).maxMessagesPerRead(BATCH));
  }

  /** What streams are read with. */
  RecvByteBufAllocator streamReads() {
    return new FixedRecvByteBufAllocator(STREAM_READ);
  }

  /** How one write becomes many packets, where the system cuts them. */
  SegmentedDatagramPacketAllocator segmentation() {
    return EpollQuicUtils.newSegmentedAllocator(
        Math.max(1, Math.min(MOST_SEGMENTS, MOST_IN_ONE_WRITE / payload)));
  }

  private int received() {
    return Math.max(LEAST_RECEIVED, payload);
  }
}
