package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DatagramReadsTest {
  private final KeptBuffer buffer = new KeptBuffer(ByteBufAllocator.DEFAULT, 100);

  private ExtendedHandle handle(DatagramChannel channel) {
    ExtendedHandle handle = (ExtendedHandle) new DatagramReads(channel, buffer).newHandle();
    handle.reset(channel.config());
    return handle;
  }

  /** One datagram has been read. */
  private void read(ExtendedHandle handle) {
    handle.allocate(ByteBufAllocator.DEFAULT).release();
    handle.attemptedBytesRead(100);
    handle.lastBytesRead(1);
    handle.incMessagesRead(1);
  }

  private int readsInATurn(Supplier<DatagramChannel> sockets) {
    DatagramChannel channel = sockets.get();
    ExtendedHandle handle = handle(channel);
    int reads = 0;
    do {
      read(handle);
      reads++;
    } while (handle.continueReading(() -> true));
    channel.unsafe().closeForcibly();
    return reads;
  }

  @Test
  void nioKeepsFewDatagramsAtOnce() {
    assertThat(readsInATurn(NioDatagramChannel::new)).isEqualTo(16);
    buffer.free();
  }

  @Test
  void epollReadsManyInATurn() {
    Natives.assume("epoll");
    assertThat(readsInATurn(EpollDatagramChannel::new)).isEqualTo(256);
    buffer.free();
  }

  @Test
  void aSocketThatIsClosedIsNotReadAnyMore() {
    DatagramChannel channel = new NioDatagramChannel();
    ExtendedHandle handle = handle(channel);
    read(handle);
    assertThat(handle.continueReading(() -> true)).isTrue();
    channel.unsafe().closeForcibly();
    assertThat(handle.continueReading(() -> true)).isFalse();
    assertThat(handle.continueReading()).isFalse();
    buffer.free();
  }
}
