package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class EngineQueueTest {
  private final EngineQueue queue = new EngineQueue();
  private final Engine engine = new Engine();

  @Test
  void anEngineThatSendsIsGivenBatchAfterBatch() {
    engine.window = Integer.MAX_VALUE;
    for (int i = 0; i < 1_000; i++) {
      assertThat(give()).isEqualTo(EngineQueue.BATCH);
    }
    assertThat(queue.isStuck()).isFalse();
    assertThat(engine.queued).isZero();
  }

  @Test
  void anEngineThatSendsNothingIsGivenNoMore() {
    assertThat(give()).isEqualTo(EngineQueue.BATCH);
    assertThat(queue.isStuck()).isTrue();
    assertThat(give()).isZero();
  }

  @Test
  void packetsThatLeaveMakeRoomForOneAndThatShowsWhetherThereIsMore() {
    engine.window = 3;
    give();
    give();
    assertThat(queue.isStuck()).isTrue();
    engine.acknowledge(1);
    assertThat(give()).as("one packet may have been a stream's").isZero();
    engine.acknowledge(1);
    assertThat(give()).isOne();
    assertThat(queue.isStuck()).isTrue();
    engine.acknowledge(1_000);
    assertThat(give()).isOne();
    assertThat(queue.isStuck()).isFalse();
    assertThat(give()).isEqualTo(EngineQueue.BATCH);
  }

  @Test
  void aDoubtIsGoodForOne() {
    give();
    queue.doubt();
    assertThat(give()).isOne();
    assertThat(give()).isZero();
  }

  @Test
  void theEngineIsNeverOverrunWhateverLeavesWhenAndWhatIsGivenLeaves() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      EngineQueue one = new EngineQueue();
      Engine other = new Engine();
      other.window = random.nextInt(50);
      other.streamsToo = random.nextBoolean();
      long given = 0;
      for (int i = 0; i < 20_000; i++) {
        if (random.nextInt(4) == 0) {
          other.acknowledge(random.nextInt(random.nextInt(8) == 0 ? 100 : 3));
        }
        if (random.nextInt(500) == 0) {
          one.doubt();
        }
        given += give(one, other);
        assertThat(other.queued).as("seed %d", seed).isLessThanOrEqualTo(EngineQueue.LENGTH);
      }
      assertThat(given).as("seed %d", seed).isEqualTo(other.left + other.queued);
      assertThat(other.left).as("seed %d", seed).isGreaterThan(2_000);
    }
  }

  private int give() {
    return give(queue, engine);
  }

  private static int give(EngineQueue to, Engine engine) {
    int room = to.room(engine.packets);
    if (room > 0) {
      long before = engine.packets;
      engine.take(room);
      to.gave(before, engine.packets);
    }
    return room;
  }

  /**
   * Sends one datagram a packet while its window permits, by turns with a stream if there is one.
   */
  private static final class Engine {
    private int window;
    private boolean streamsToo;
    private boolean streamsTurn;
    private long packets;
    private int queued;
    private long left;

    void take(int count) {
      queued += count;
      send();
    }

    void acknowledge(int count) {
      window += count;
      send();
    }

    private void send() {
      while (window > 0 && (queued > 0 || streamsToo)) {
        window--;
        packets++;
        if (streamsToo && (streamsTurn || queued == 0)) {
          streamsTurn = false;
        } else {
          streamsTurn = true;
          queued--;
          left++;
        }
      }
    }
  }
}
