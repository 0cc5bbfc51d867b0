package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class EngineQueueTest {
  private static final int PACKET = 1_350;
  private static final int ACKNOWLEDGEMENT = 45;

  private final EngineQueue queue = new EngineQueue(PACKET);
  private final Engine engine = new Engine(1_000);

  @Test
  void anEngineThatSendsIsGivenBatchAfterBatch() {
    engine.window = Integer.MAX_VALUE;
    for (int i = 0; i < 1_000; i++) {
      assertThat(give()).isEqualTo(EngineQueue.BATCH);
    }
    assertThat(engine.queued).isZero();
  }

  @Test
  void anEngineThatSendsNothingIsGivenAWindowAndNoMore() {
    for (int given = 0; given < EngineQueue.WINDOW; given += EngineQueue.BATCH) {
      assertThat(give()).isEqualTo(EngineQueue.BATCH);
    }
    assertThat(give()).isZero();
    assertThat(engine.queued).isEqualTo(EngineQueue.WINDOW);
  }

  @Test
  void twoPacketsMakeRoomForOne() {
    fill();
    engine.permit(1);
    assertThat(give()).as("it may have been a stream's").isZero();
    engine.permit(2);
    assertThat(give()).isOne();
    assertThat(give()).isZero();
  }

  @Test
  void acknowledgementsMakeNoRoom() {
    fill();
    for (int i = 0; i < 2 * PACKET / ACKNOWLEDGEMENT - 1; i++) {
      engine.acknowledge();
      assertThat(give()).isZero();
    }
  }

  @Test
  void aBatchThatLeavesShowsThatNothingWasKept() {
    fill();
    engine.permit(1_000);
    engine.bytes -= 60L * 1_040; // as if the engine had not said that they left
    queue.doubt(engine.bytes);
    assertThat(give()).isPositive();
    assertThat(give()).isEqualTo(EngineQueue.BATCH);
  }

  @Test
  void aDoubtIsGoodForOneAndWhereManyAreKeptOnlyIfSomethingLeft() {
    fill();
    while (!queue.keepsMany()) {
      queue.doubt(engine.bytes);
      assertThat(give()).isOne();
      assertThat(give()).isZero();
    }
    queue.doubt(engine.bytes);
    assertThat(give()).isZero();
    engine.acknowledge();
    queue.doubt(engine.bytes);
    assertThat(give()).isOne();
  }

  @Test
  void whoSendsIsLookedAtSoonAndWhoIsSilentLessAndLessOften() {
    fill();
    assertThat(queue.pauseMillis(5)).isOne();
    assertThat(queue.pauseMillis(5)).isEqualTo(2);
    assertThat(queue.pauseMillis(5)).isEqualTo(4);
    assertThat(queue.pauseMillis(6)).isOne();
    for (int i = 0; i < 10; i++) {
      queue.pauseMillis(6);
    }
    assertThat(queue.pauseMillis(6)).isEqualTo(1_000);
  }

  @Test
  void theEngineIsNeverOverrunWhateverLeavesWhenAndWhatIsGivenLeaves() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      EngineQueue one = new EngineQueue(PACKET);
      Engine other = new Engine(1 + random.nextInt(1_200));
      other.window = random.nextInt(50);
      other.streamsToo = random.nextBoolean();
      long given = 0;
      for (int i = 0; i < 20_000; i++) {
        if (random.nextInt(4) == 0) {
          other.permit(random.nextInt(random.nextInt(8) == 0 ? 100 : 3));
        }
        if (random.nextBoolean()) {
          other.acknowledge();
        }
        if (random.nextInt(500) == 0) {
          one.doubt(other.bytes);
        }
        given += give(one, other);
        assertThat(other.queued).as("seed %d", seed).isLessThanOrEqualTo(EngineQueue.LENGTH);
      }
      assertThat(given).as("seed %d", seed).isEqualTo(other.left + other.queued);
      assertThat(other.left).as("seed %d", seed).isGreaterThan(2_000);
    }
  }

  private void fill() {
    while (give() > 0) {
      assertThat(engine.queued).isLessThanOrEqualTo(EngineQueue.WINDOW);
    }
  }

  private int give() {
    return give(queue, engine);
  }

  private static int give(EngineQueue to, Engine engine) {
    int room = to.room(engine.bytes);
    if (room > 0) {
      long before = engine.bytes;
      engine.take(room);
      to.gave(room, (long) room * engine.size, before, engine.bytes);
    }
    return room;
  }

  /**
   * Sends one datagram a packet while its window permits, by turns with a stream if there is one.
   */
  private static final class Engine {
    private final int size;
    private int window;
    private boolean streamsToo;
    private boolean streamsTurn;
    private long bytes;
    private int queued;
    private long left;

    Engine(int size) {
      this.size = size;
    }

    void take(int count) {
      queued += count;
      send();
    }

    void permit(int packets) {
      window += packets;
      send();
    }

    /** Whatever the window is. */
    void acknowledge() {
      bytes += ACKNOWLEDGEMENT;
    }

    private void send() {
      while (window > 0 && (queued > 0 || streamsToo)) {
        window--;
        if (streamsToo && (streamsTurn || queued == 0)) {
          streamsTurn = false;
          bytes += PACKET;
        } else {
          streamsTurn = true;
          queued--;
          left++;
          bytes += size + 40;
        }
      }
    }
  }
}
