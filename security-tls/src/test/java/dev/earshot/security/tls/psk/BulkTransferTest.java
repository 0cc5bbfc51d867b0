package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntFunction;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Much data, in pieces and buffers of all kinds. */
class BulkTransferTest {

  /** Where buffers live. */
  enum Place {
    HEAP(ByteBuffer::allocate),
    DIRECT(ByteBuffer::allocateDirect),
    HEAP_SLICE(size -> ByteBuffer.allocate(size + 13).position(13).slice()),
    DIRECT_SLICE(size -> ByteBuffer.allocateDirect(size + 13).position(13).slice());

    private final IntFunction<ByteBuffer> maker;

    Place(IntFunction<ByteBuffer> maker) {
      this.maker = maker;
    }

    ByteBuffer make(int size) {
      return maker.apply(size);
    }
  }

  @ParameterizedTest
  @EnumSource
  void buffersOfAnyPlaceCarryTheSame(Place place) throws Exception {
    for (Place other : Place.values()) {
      EnginePair pair = EnginePair.plain().exchange();
      byte[] content = noise(40_000, 5);
      ByteBuffer source = place.make(content.length).put(content).flip();
      ByteBuffer network = other.make(50_000);
      ByteBuffer target = place.make(content.length);

      pair.client.engine.wrap(source.asReadOnlyBuffer(), network);
      ByteBuffer arrived = network.flip().asReadOnlyBuffer();
      while (arrived.hasRemaining()) {
        pair.server.engine.unwrap(arrived, target);
      }

      assertThat(content(target)).isEqualTo(content);
    }
  }

  @Test
  void manySourcesAndTargetsAreOneStream() throws Exception {
    EnginePair pair = EnginePair.plain().exchange();
    Random random = new Random(11);
    byte[] content = noise(100_000, 6);
    ByteBuffer[] sources = cut(content, random);
    ByteBuffer network = ByteBuffer.allocate(110_000);
    SSLEngineResult sealed = pair.client.engine.wrap(sources, network);
    assertThat(sealed.bytesConsumed()).isEqualTo(content.length);

    ByteBuffer[] targets = cut(new byte[content.length], random);
    network.flip();
    while (network.hasRemaining()) {
      assertThat(pair.server.engine.unwrap(network, targets).getStatus()).isEqualTo(Status.OK);
    }

    ByteBuffer joined = ByteBuffer.allocate(content.length);
    for (ByteBuffer target : targets) {
      joined.put(target.flip());
    }
    assertThat(joined.array()).isEqualTo(content);
  }

  @Test
  void onlyTheGivenRangeOfBuffersIsTouched() throws Exception {
    EnginePair pair = EnginePair.plain().exchange();
    ByteBuffer[] buffers = {
      ByteBuffer.allocate(5), ByteBuffer.allocate(7), ByteBuffer.allocate(0), ByteBuffer.allocate(9)
    };
    ByteBuffer network = ByteBuffer.allocate(100);

    assertThat(pair.client.engine.wrap(buffers, 1, 2, network).bytesConsumed()).isEqualTo(7);
    assertThat(buffers[0].remaining()).isEqualTo(5);
    assertThat(buffers[3].remaining()).isEqualTo(9);
    network.flip();
    ByteBuffer[] targets = {
      ByteBuffer.allocate(50), ByteBuffer.allocate(3), ByteBuffer.allocate(4)
    };
    assertThat(pair.server.engine.unwrap(network, targets, 1, 2).bytesProduced()).isEqualTo(7);
    assertThat(targets[0].position()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void piecesOfAnySizeArriveWholeInBothDirections(PskSuite suite) throws Exception {
    long seed = new Random().nextLong();
    EnginePair pair = EnginePair.ofSuite(suite).exchange();
    Random random = new Random(seed);
    byte[] there = noise(3_000_000, seed);
    byte[] back = noise(2_000_000, seed + 1);
    Flow up = new Flow(pair.client.engine, pair.server.engine, there);
    Flow down = new Flow(pair.server.engine, pair.client.engine, back);
    while (!up.done() || !down.done()) {
      up.step(random);
      down.step(random);
    }

    assertThat(up.arrived.array()).as("seed %d", seed).isEqualTo(there);
    assertThat(down.arrived.array()).as("seed %d", seed).isEqualTo(back);
  }

  /** One direction, whose network cuts and joins as it likes. */
  private static final class Flow {
    private final SSLEngine from;
    private final SSLEngine to;
    private final ByteBuffer content;
    private final ByteBuffer arrived;
    private final ByteBuffer network = ByteBuffer.allocate(200_000);

    private Flow(SSLEngine from, SSLEngine to, byte[] content) {
      this.from = from;
      this.to = to;
      this.content = ByteBuffer.wrap(content);
      this.arrived = ByteBuffer.allocate(content.length);
    }

    private boolean done() {
      return !arrived.hasRemaining();
    }

    private void step(Random random) throws SSLException {
      int piece = Math.min(content.remaining(), random.nextInt(random.nextBoolean() ? 50 : 60_000));
      ByteBuffer source = content.slice(content.position(), piece);
      from.wrap(source, network);
      content.position(content.position() + source.position());
      network.flip();
      int seen = random.nextInt(network.remaining() + 1);
      ByteBuffer visible = network.slice(0, seen);
      boolean more = true;
      while (more && visible.hasRemaining()) {
        more = to.unwrap(visible, arrived).getStatus() == Status.OK;
      }
      network.position(visible.position());
      network.compact();
    }
  }

  private static ByteBuffer[] cut(byte[] content, Random random) {
    java.util.List<ByteBuffer> pieces = new java.util.ArrayList<>();
    for (int at = 0; at < content.length; ) {
      int length = Math.min(content.length - at, random.nextInt(3000));
      ByteBuffer piece = random.nextBoolean() ? ByteBuffer.allocate(length) : direct(length);
      pieces.add(piece.put(content, at, length).flip());
      at += length;
    }
    return pieces.toArray(new ByteBuffer[0]);
  }

  private static ByteBuffer direct(int length) {
    return ByteBuffer.allocateDirect(length);
  }

  private static byte[] content(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.flip().remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static byte[] noise(int length, long seed) {
    byte[] content = new byte[length];
    new Random(seed).nextBytes(content);
    return Arrays.copyOf(content, length);
  }
}
