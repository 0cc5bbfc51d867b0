package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.NetworkException;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.StreamSecurity.Role;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS between two scripted stages: records cut anywhere, workers that take their time. */
@ParameterizedClass
@ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
class TlsStageTest {
  static {
    LeakWatch.begin();
  }

  @Parameter String version;

  private final EmbeddedChannel embedded = new EmbeddedChannel();
  private final NettyLoop loop = new NettyLoop(embedded.eventLoop(), embedded.alloc(), () -> false);
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final Random random = new Random(11);

  /** One side: the stage under test, what is below it, and what stands on it. */
  private final class Side implements TlsStage.Handshake, ByteStage.Above {
    final ScriptedStage below = new ScriptedStage();
    final TlsStage stage;
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    final List<String> events = new ArrayList<>();
    boolean readsOn = true;
    boolean keepsArrays;
    int given;
    int passed;

    Side(Role role, JdkSecurity security, Executor workers) {
      stage = new TlsStage(loop, below, security.open(role, "a peer"), workers);
    }

    /** Writes {@code bytes} in pieces. */
    void write(byte[] bytes) {
      for (int at = 0; at < bytes.length; ) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(70_000));
        stage.write(bytes, at, end);
        stage.flush();
        at = end;
      }
    }

    @Override
    public void done(SecurityMetadata metadata) {
      events.add(metadata.protocol());
      stage.attach(this);
      if (readsOn) {
        stage.read();
      }
    }

    @Override
    public void failed(NetworkException cause) {
      events.add("failed");
    }

    @Override
    public byte @Nullable [] arrayFor(int count) {
      return keepsArrays ? new byte[count + random.nextInt(2)] : null;
    }

    @Override
    public void given(byte[] bytes, int count) {
      given += count;
      bytes(bytes, 0, count);
    }

    @Override
    public void bytes(byte[] bytes, int from, int to) {
      received.write(bytes, from, to - from);
      if (readsOn) {
        stage.read();
      }
    }

    @Override
    public void ended() {
      events.add("ended");
    }

    @Override
    public void writable() {
      // Nothing of this test's waits for room.
    }

    @Override
    public void failed(Throwable cause) {
      events.add("failed");
    }
  }

  private Side client;
  private Side server;

  private void meet(Executor workers) {
    client = new Side(Role.CLIENT, JdkSecurity.of(version), workers);
    server = new Side(Role.SERVER, JdkSecurity.of(version), workers);
    client.stage.begin(client);
    server.stage.begin(server);
  }

  /** Carries bytes both ways, at most {@code most} at once, until nothing moves any more. */
  private void carry(int most) {
    boolean moved = true;
    while (moved) {
      moved = carry(client, server, most) | carry(server, client, most) | work();
    }
  }

  private boolean carry(Side from, Side to, int most) {
    byte[] all = from.below.written.toByteArray();
    int count = Math.min(all.length - from.passed, 1 + random.nextInt(most));
    if (count == 0 || !to.below.reading) {
      return false;
    }
    to.below.arrive(java.util.Arrays.copyOfRange(all, from.passed, from.passed + count));
    from.passed += count;
    return true;
  }

  private boolean work() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
    embedded.runPendingTasks();
    return task != null;
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void bytesArriveAsTheyWereHoweverRecordsAreCut() {
    for (int most : new int[] {1, 3, 100, 5_000, 60_000}) {
      meet(Runnable::run);
      client.keepsArrays = true;
      client.below.givesRoom = most != 100;
      server.below.givesRoom = most != 5_000;
      carry(most);
      assertThat(client.events).containsExactly(version);
      assertThat(server.events).containsExactly(version);
      byte[] there = random(most < 10 ? 3_000 : 400_000);
      byte[] back = random(most < 10 ? 2_000 : 300_000);
      client.write(there);
      server.write(back);
      carry(most);
      assertThat(server.received.toByteArray()).isEqualTo(there);
      assertThat(client.received.toByteArray()).isEqualTo(back);
      assertThat(client.given).isEqualTo(back.length);
      assertThat(server.given).isZero();
    }
  }

  @Test
  void recordsAreFull() {
    meet(Runnable::run);
    carry(60_000);
    int before = client.below.written.size();
    client.stage.write(new byte[64 << 10], 0, 64 << 10);
    // Four as a rule; in TLS 1.3 the JDK's engine makes them a little smaller than they may be.
    assertThat(client.below.written.size() - before).isBetween(64 << 10, (64 << 10) + 200);
  }

  @Test
  void whatIsWrittenWhileAWorkerIsBusyLeavesAfterwards() {
    meet(tasks::add);
    carry(1_000);
    assertThat(client.events).containsExactly(version);
    assertThat(server.events).containsExactly(version);
    byte[] there = random(100_000);
    client.write(there);
    carry(1_000);
    assertThat(server.received.toByteArray()).isEqualTo(there);
  }

  @Test
  void whatComesWithTheEndOfTheHandshakeWaitsUntilItIsAskedFor() {
    meet(Runnable::run);
    server.readsOn = false;
    carry(60_000);
    client.write("early".getBytes());
    carry(60_000);
    assertThat(server.received.size()).isZero();
    server.stage.read();
    carry(60_000);
    assertThat(server.received.toString()).isEqualTo("early");
  }

  @Test
  void theFarewellIsTheEndAndItsAbsenceAFailure() {
    meet(Runnable::run);
    carry(60_000);
    client.write("last".getBytes());
    client.stage.finish();
    carry(60_000);
    assertThat(server.received.toString()).isEqualTo("last");
    assertThat(server.events).containsExactly(version, "ended");
    assertThat(client.below.calls).containsExactly("finish");
    meet(Runnable::run);
    carry(60_000);
    client.below.end();
    assertThat(client.events).containsExactly(version, "failed");
  }

  @Test
  void garbageFailsTheHandshakeAndAnAlertIsSentBeforeTheSocketIsLeft() {
    meet(Runnable::run);
    int before = server.below.written.size();
    server.below.arrive(new byte[] {22, 3, 1, 0, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    assertThat(server.events).containsExactly("failed");
    assertThat(server.below.written.size()).isGreaterThan(before);
    assertThat(server.below.calls).containsExactly("leave");
  }

  @Test
  void aRecordThatAnnouncesMoreThanARecordCanBeFails() {
    meet(Runnable::run);
    carry(60_000);
    server.below.arrive(new byte[] {23, 3, 3, (byte) 0xFF, (byte) 0xFF, 0});
    for (int i = 0; i < 70 && server.events.size() == 1; i++) {
      server.below.arrive(new byte[1_000]);
    }
    assertThat(server.events).containsExactly(version, "failed");
  }

  @Test
  void anEndDuringTheHandshakeIsAFailure() {
    meet(Runnable::run);
    server.below.end();
    assertThat(server.events).containsExactly("failed");
  }

  @Test
  void cancellingWhileAWorkerIsBusyIsSilent() {
    meet(tasks::add);
    while (tasks.isEmpty()) {
      carry(client, server, 60_000);
      carry(server, client, 60_000);
    }
    client.stage.abort();
    server.stage.abort();
    while (work()) {
      assertThat(client.events).isEmpty();
    }
    assertThat(server.events).isEmpty();
    assertThat(server.below.calls).containsExactly("abort");
  }

  @Test
  void aTaskThatThrowsFailsTheHandshake() {
    meet(
        task -> {
          throw new java.util.concurrent.RejectedExecutionException("closed");
        });
    carry(60_000);
    assertThat(List.of(client.events, server.events)).contains(List.of("failed"));
  }
}
