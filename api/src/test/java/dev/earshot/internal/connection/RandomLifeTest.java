package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection.State;
import dev.earshot.Framer;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.testing.LinkFault;
import dev.earshot.testing.RecordingHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two connections, two users who do anything at any moment, and a wire on which anything happens.
 *
 * <p>Whatever the seed: every future completes, nothing is held, the rules of states and queues are
 * kept, and what arrives is what was sent, in order, without a hole.
 */
@Timeout(600)
class RandomLifeTest {

  @Test
  void anythingMayHappenAtAnyMoment() {
    for (long seed = 0; seed < 300; seed++) {
      run(seed);
    }
  }

  @Test
  @Tag("soak")
  void anythingMayHappenAtAnyMomentFromManySeeds() {
    for (long seed = 1_000; seed < 101_000; seed++) {
      run(seed);
    }
  }

  private static void run(long seed) {
    try {
      new Life(seed).live();
    } catch (Throwable thrown) {
      throw new AssertionError("seed " + seed, thrown);
    }
  }

  private static final class Life {
    private static final int STEPS = 60;

    private final Random random;
    private final Neighbours neighbours;
    private final Parameters parameters;
    private final List<User> users = new ArrayList<>();

    private Life(long seed) {
      random = new Random(seed);
      neighbours = new Neighbours(seed).leaveAccepted();
      neighbours.wire.capacity(500 + random.nextInt(20_000));
      neighbours.wire.latency(Duration.ofMillis(random.nextInt(5)));
      parameters =
          anyProtocol()
              .sendLimit(2_000 + random.nextInt(20_000))
              .sendBudget(500 + random.nextInt(5_000))
              .receiveBuffer(1 + random.nextInt(10_000))
              .handshakeTimeout(Duration.ofSeconds(2))
              .build();
    }

    private Parameters.Builder anyProtocol() {
      return switch (random.nextInt(3)) {
        case 0 -> Parameters.webSocket();
        case 1 -> Parameters.tcp();
        default -> Parameters.tcp().framer(Framer.tlv(1, 2));
      };
    }

    private void live() {
      if (random.nextInt(10) > 0) {
        neighbours.listen(parameters);
      }
      if (random.nextInt(3) == 0) {
        neighbours.wire.plan(any(LinkFault.values()));
      }
      LiveConnection dialling = neighbours.connection(parameters);
      users.add(new User(dialling, random.nextInt()));
      for (int step = 0; step < STEPS; step++) {
        meetAccepted();
        if (random.nextInt(20) == 0) {
          trouble();
        } else {
          any(users.toArray(User[]::new)).act();
        }
        if (random.nextBoolean()) {
          neighbours.passing(Duration.ofMillis(random.nextInt(60)));
        }
      }
      end();
    }

    private void meetAccepted() {
      while (users.size() <= neighbours.accepted.size()) {
        LiveConnection next = neighbours.accepted.get(users.size() - 1);
        users.add(new User(next, random.nextInt()));
      }
    }

    private void trouble() {
      switch (random.nextInt(4)) {
        case 0 -> neighbours.wire.strike(anyFlowFault());
        case 1 -> neighbours.wire.heal();
        case 2 -> neighbours.wire.plan(any(LinkFault.values()));
        default -> neighbours.passing(Duration.ofSeconds(random.nextInt(12)));
      }
    }

    private LinkFault anyFlowFault() {
      LinkFault fault = any(LinkFault.values());
      return fault.stage() == LinkFault.Stage.FLOW ? fault : LinkFault.CUT;
    }

    private <T> T any(T[] values) {
      return values[random.nextInt(values.length)];
    }

    private void end() {
      neighbours.passing(Duration.ofSeconds(1));
      meetAccepted();
      users.forEach(User::leave);
      neighbours.passing(Duration.ofMinutes(5));
      meetAccepted();
      users.forEach(User::leave);
      neighbours.passing(Duration.ofMinutes(5));
      users.forEach(User::verify);
      neighbours.verifyNothingIsHeld();
      if (users.size() == 2) {
        users.get(0).verifyReceived(users.get(1));
        users.get(1).verifyReceived(users.get(0));
      }
    }

    /** Somebody with one connection. */
    private final class User {
      private final LiveConnection connection;
      private final Random random;
      private final RecordingHandler handler = new RecordingHandler();
      private final List<CompletableFuture<?>> outstanding = new ArrayList<>();
      private final List<Boolean> refused = new ArrayList<>();
      private final ByteBuffer stream = ByteBuffer.allocate(1 << 20);
      private final List<Integer> received = new ArrayList<>();
      private boolean started;
      private boolean left;
      private boolean executorGone;

      private User(LiveConnection connection, int seed) {
        this.connection = connection;
        this.random = new Random(seed);
      }

      private void act() {
        if (!started && !left && random.nextInt(3) > 0) {
          start();
          return;
        }
        switch (random.nextInt(16)) {
          case 0, 1, 2 -> send(SendOptions.DEFAULT);
          case 3, 4 -> trySend();
          case 5, 6, 7, 8 -> read(connection.receive(1, 1 + random.nextInt(2_000)));
          case 9, 10 -> read(connection.receiveMessage());
          case 11 -> outstanding.add(connection.ready());
          case 12 -> connection.restart();
          case 13 -> connection.linksChanged(List.of());
          case 14 -> rarely();
          default -> connection.cancelCurrentEndpoint();
        }
      }

      private void rarely() {
        switch (random.nextInt(6)) {
          case 0 -> send(SendOptions.FINAL);
          case 1 -> {
            left = true;
            outstanding.add(connection.cancel());
          }
          case 2 -> {
            left = true;
            connection.forceCancel();
          }
          case 3 -> executorGone = true;
          case 4 -> outstanding.add(connection.send(Payload.wrap(new byte[0])));
          default -> neighbours.queue.pause();
        }
      }

      private void start() {
        started = true;
        Executor executor = random.nextBoolean() ? neighbours.queue : Runnable::run;
        connection.start(
            handler,
            task -> {
              if (executorGone) {
                throw new RejectedExecutionException("shut down on purpose");
              }
              executor.execute(task);
            });
      }

      /** A record: its number, how long the rest is, the rest. */
      private Payload record() {
        int rest = random.nextInt(1_500);
        ByteBuffer bytes = ByteBuffer.allocate(8 + rest);
        bytes.putInt(refused.size()).putInt(rest);
        return Payload.wrap(bytes.array());
      }

      private void send(SendOptions options) {
        Payload record = record();
        int number = refused.size();
        refused.add(false);
        CompletableFuture<Void> sent = connection.send(record, options);
        outstanding.add(sent);
        sent.whenComplete((nothing, thrown) -> refused.set(number, thrown != null));
      }

      private void trySend() {
        Payload record = record();
        refused.add(true);
        refused.set(refused.size() - 1, !connection.trySend(record));
      }

      private void read(CompletableFuture<Received> read) {
        outstanding.add(read);
        read.thenAccept(this::receive);
        if (random.nextInt(10) == 0) {
          read.cancel(true);
        }
      }

      private void receive(Received part) {
        stream.put(part.content().toByteArray());
        stream.flip();
        while (stream.remaining() >= 8
            && stream.remaining() >= 8 + stream.getInt(stream.position() + 4)) {
          received.add(stream.getInt());
          stream.position(stream.position() + 4 + stream.getInt(stream.position()));
        }
        stream.compact();
      }

      private void leave() {
        left = true;
        neighbours.queue.resume();
        outstanding.add(connection.cancel());
      }

      private void verify() {
        assertThat(outstanding).allSatisfy(future -> assertThat(future).isDone());
        assertThat(handler.violations()).isEmpty();
        assertThat(connection.state()).isEqualTo(new State.Cancelled());
        List<String> names = handler.stateNames();
        if (started) {
          assertThat(names).endsWith("Cancelled");
          assertThat(names).filteredOn("Cancelled"::equals).hasSize(1);
          assertThat(names).filteredOn("Failed"::equals).hasSizeLessThanOrEqualTo(1);
          assertThat(names).filteredOn("Ready"::equals).hasSizeLessThanOrEqualTo(1);
          assertThat(handler.states().toString()).doesNotContain("mistake of the library");
        }
      }

      /** What arrived was sent, in order; what did not arrive before it was refused. */
      private void verifyReceived(User sender) {
        int last = -1;
        for (int number : received) {
          assertThat(number).isGreaterThan(last).isLessThan(sender.refused.size());
          for (int missing = last + 1; missing < number; missing++) {
            assertThat(sender.refused.get(missing)).as("hole at " + missing).isTrue();
          }
          last = number;
        }
      }
    }
  }
}
