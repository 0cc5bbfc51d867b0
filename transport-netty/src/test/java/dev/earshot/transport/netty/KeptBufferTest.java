package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeptBufferTest {
  private static final int LENGTH = 1_000;

  static List<ByteBufAllocator> allocators() {
    return List.of(ByteBufAllocator.DEFAULT, new UnpooledByteBufAllocator(true));
  }

  @ParameterizedTest
  @MethodSource("allocators")
  void whatIsGivenBackServesAgainEmpty(ByteBufAllocator allocator) {
    KeptBuffer buffers = new KeptBuffer(allocator, LENGTH);
    ByteBuf first = buffers.lend();
    assertThat(first.isReadable()).isFalse();
    first.writeZero(LENGTH);
    first.readByte();
    first.release();
    ByteBuf second = buffers.lend();
    assertThat(second).isSameAs(first);
    assertThat(second.isReadable()).isFalse();
    assertThat(second.writableBytes()).isEqualTo(LENGTH);
    second.release();
    buffers.free();
    assertThat(second.refCnt()).isZero();
  }

  @ParameterizedTest
  @MethodSource("allocators")
  void whoeverHoldsOnKeepsWhatIsInIt(ByteBufAllocator allocator) {
    KeptBuffer buffers = new KeptBuffer(allocator, LENGTH);
    ByteBuf held = buffers.lend().writeByte(1);
    ByteBuf part = held.readRetainedSlice(1);
    held.release();
    ByteBuf other = buffers.lend().writeByte(2);
    assertThat(other).isNotSameAs(held);
    assertThat(part.getByte(0)).isEqualTo((byte) 1);
    part.release();
    assertThat(held.refCnt()).isZero();
    other.release();
    assertThat(buffers.lend()).isSameAs(other);
    other.release();
    buffers.free();
    assertThat(other.refCnt()).isZero();
  }

  @ParameterizedTest
  @MethodSource("allocators")
  void beginsWithALineOfTheCache(ByteBufAllocator allocator) {
    KeptBuffer buffers = new KeptBuffer(allocator, LENGTH);
    ByteBuf lent = buffers.lend();
    assertThat(lent.nioBuffer(0, LENGTH).alignmentOffset(0, 64)).isZero();
    assertThat(lent.capacity()).isEqualTo(LENGTH);
    lent.release();
    buffers.free();
  }

  @Test
  void keepsNoneOnceFreed() {
    KeptBuffer buffers = new KeptBuffer(ByteBufAllocator.DEFAULT, LENGTH);
    ByteBuf lent = buffers.lend();
    buffers.free();
    assertThat(lent.refCnt()).isOne();
    lent.release();
    assertThat(lent.refCnt()).isZero();
    ByteBuf late = buffers.lend();
    late.release();
    assertThat(late.refCnt()).isZero();
  }
}
