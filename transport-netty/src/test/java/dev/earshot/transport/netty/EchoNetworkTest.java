package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Outgoing;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Many small things in a row: no wake-up is lost, and nothing grows. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class EchoNetworkTest {
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();

  @Parameter String natives;

  private Bench bench;

  @BeforeEach
  void open() {
    bench = new Bench(natives);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  /** Sends back what it gets, on the loop, a number of times. */
  private static final class Echo extends End {
    final CompletableFuture<Void> done = new CompletableFuture<>();
    final int rounds;
    volatile int count;
    private final ArrayDeque<Outgoing> answers = new ArrayDeque<>();

    Echo(Loop loop, int rounds) {
      super(loop);
      this.rounds = rounds;
    }

    private record Answer(Payload content, SendOptions options) implements Outgoing {}

    void say(Payload content) {
      answers.add(new Answer(content, SendOptions.DEFAULT));
      pipe().wakeUp();
    }

    @Override
    public void content(List<Received> batch) {
      for (Received received : batch) {
        if (received.endOfStream()) {
          continue;
        }
        count++;
        if (count == rounds) {
          done.complete(null);
        } else {
          say(received.content());
        }
      }
      pipe().read();
    }

    @Override
    public @Nullable Outgoing poll() {
      return answers.poll();
    }
  }

  private void echo(int rounds) throws Exception {
    Bench.Door door = bench.listen(WEB_SOCKET);
    door.factory = loop -> new Echo(loop, Integer.MAX_VALUE);
    Echo client = new Echo(bench.transport.nextLoop(), rounds);
    bench.dial(client, End.await(door.number), WEB_SOCKET, java.util.Optional.empty());
    End.await(client.ready);
    client.loop.execute(() -> client.say(Payload.wrap(new byte[64])));
    int before = -1;
    while (!client.done.isDone()) {
      assertThat(client.count).as("rounds, standing still").isGreaterThan(before);
      before = client.count;
      try {
        client.done.get(End.PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (java.util.concurrent.TimeoutException e) {
        continue; // slow, unless no round was made meanwhile
      }
    }
    client.close();
    End.await(client.closed);
  }

  @Test
  void oneMessageInFlightNeverStalls() throws Exception {
    echo(10_000);
  }

  @Test
  @Tag("soak")
  void oneMessageInFlightNeverStallsAMillionTimes() throws Exception {
    echo(1_000_000);
  }

  @Test
  void connectionsComeAndGoWithoutATrace() throws Exception {
    comeAndGo(500);
  }

  @Test
  @Tag("soak")
  void tenThousandConnectionsComeAndGoWithoutATrace() throws Exception {
    comeAndGo(10_000);
  }

  private void comeAndGo(int times) throws Exception {
    Bench.Door door = bench.listen(WEB_SOCKET);
    int number = End.await(door.number);
    comeAndGo(door, number, 50);
    long directBefore = bench.usedDirectMemory();
    long heapBefore = usedHeap();
    comeAndGo(door, number, times);
    assertThat(bench.usedDirectMemory()).isLessThanOrEqualTo(directBefore + (1 << 20));
    assertThat(usedHeap() - heapBefore).isLessThan(4 << 20);
  }

  private void comeAndGo(Bench.Door door, int number, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      End client = bench.dial(number, WEB_SOCKET);
      End server = door.next();
      End.await(client.ready);
      client.send("hello");
      assertThat(server.next().content().toUtf8String()).isEqualTo("hello");
      if (i % 4 == 3) {
        client.abort();
        End.await(server.failed);
      } else {
        (i % 2 == 0 ? client : server).close();
        End.await(client.closed);
        End.await(server.closed);
      }
    }
  }

  /** The least of several looks: what is about to become garbage does not count. */
  private static long usedHeap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
