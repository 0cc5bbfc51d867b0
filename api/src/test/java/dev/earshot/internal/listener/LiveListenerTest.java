package dev.earshot.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.CancelledException;
import dev.earshot.LinkType;
import dev.earshot.Listener;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.UnreachableException;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.MemoryWire;
import dev.earshot.testing.RecordingListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The states of a listener, and what it binds. */
class LiveListenerTest {
  private static final NetworkLink WIFI = new NetworkLink("wlan0", 7, LinkType.WIFI);

  private final MemoryRoom room = new MemoryRoom(5);
  private final MemoryRoom.Computer here = room.computer("10.0.0.1");
  private final RecordingListener handler = RecordingListener.on(here.queue());

  @AfterEach
  void end() {
    room.close();
    assertThat(handler.violations()).isEmpty();
    assertThat(room.wire().open()).isEmpty();
    assertThat(room.time().pendingTimers()).isZero();
  }

  @Test
  void startOnceElseIllegalState() {
    Listener listener = start(Parameters.webSocket().build());
    assertThatThrownBy(() -> listener.start(handler, here.queue()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aStartAfterCancelIsIllegal() {
    Listener listener = make(Parameters.webSocket().build());
    listener.cancel();
    assertThatThrownBy(() -> listener.start(handler, here.queue()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aHandleNeverStartedOwnsNothing() {
    Listener listener = make(Parameters.webSocket().localPort(4242).build());
    CompletableFuture<Listener> ready = listener.ready();
    room.pass();
    assertThat(listener.state()).isEqualTo(new Listener.State.Setup());
    assertThat(room.wire().open()).isEmpty();
    assertThat(room.time().pendingTimers()).isZero();
    here.close();
    assertThat(listener.state()).isEqualTo(new Listener.State.Cancelled());
    assertThat(ready).isCompletedExceptionally();
  }

  @Test
  void itGoesFromSetupToReadyAndHasAPortThen() {
    Listener listener = make(Parameters.webSocket().build());
    assertThat(listener.port()).isEmpty();
    CompletableFuture<Listener> ready = listener.ready();
    listener.start(handler, here.queue());
    assertThat(room.await(ready)).isSameAs(listener);
    assertThat(listener.port().orElseThrow()).isPositive();
    assertThat(handler.stateNames()).containsExactly("Ready");
    assertThat(room.await(listener.ready())).isSameAs(listener);
  }

  @Test
  void readyCompletesOnTheQueueAfterTheStateWasTold() {
    Listener listener = make(Parameters.webSocket().build());
    CompletableFuture<Boolean> inOrder =
        listener
            .ready()
            .thenApply(
                same -> here.queue().isRunningHere() && handler.stateNames().contains("Ready"));
    listener.start(handler, here.queue());
    assertThat(room.await(inOrder)).isTrue();
  }

  @Test
  void aPortThatIsTakenFailsAtOnceAndEverythingOutstandingCompletes() {
    start(Parameters.webSocket().localPort(4242).build());
    room.pass();
    RecordingListener second = RecordingListener.on(here.queue());
    Listener listener = make(Parameters.webSocket().localPort(4242).build());
    CompletableFuture<Listener> ready = listener.ready();
    listener.start(second, here.queue());
    room.time().runUntilIdle();
    assertThat(second.stateNames()).containsExactly("Failed");
    assertThatThrownBy(ready::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(UnreachableException.class)
        .hasMessageContaining("4242");
    room.await(listener.cancel());
    assertThat(second.stateNames()).containsExactly("Failed", "Cancelled");
  }

  @Test
  void aPortOfLoopbackThatIsTakenFailsAtOnceToo() {
    start(Parameters.webSocket().localPort(4242).build());
    room.pass();
    RecordingListener second = RecordingListener.on(here.queue());
    make(Parameters.webSocket().localPort(4242).requireLink(MemoryWire.LOOPBACK).build())
        .start(second, here.queue());
    room.pass();
    assertThat(second.stateNames()).containsExactly("Failed");
  }

  @Test
  void cancelledAtMostOnceAlwaysLastThenSilence() {
    Listener listener = start(Parameters.webSocket().build());
    room.pass();
    CompletableFuture<Void> first = listener.cancel();
    CompletableFuture<Void> second = listener.cancel();
    listener.close();
    room.pass();
    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(handler.stateNames()).containsExactly("Ready", "Cancelled");
    assertThat(listener.port()).isEmpty();
    assertThat(room.wire().open()).isEmpty();
  }

  @Test
  void cancelBeforeReadyFailsWhatWaitsForReady() {
    Listener listener = start(Parameters.webSocket().requireLink(WIFI).build());
    CompletableFuture<Listener> ready = listener.ready();
    room.pass();
    room.await(listener.cancel());
    assertThatThrownBy(ready::join).hasCauseInstanceOf(CancelledException.class);
    assertThatThrownBy(() -> room.await(listener.ready()))
        .hasCauseInstanceOf(CancelledException.class);
    assertThat(handler.stateNames()).containsExactly("Waiting", "Cancelled");
  }

  @Test
  void itWaitsForItsLinkAndStartsByItselfWhenItIsThere() {
    Listener listener = start(Parameters.webSocket().requireLink(WIFI).build());
    room.pass();
    assertThat(listener.state()).isInstanceOf(Listener.State.Waiting.class);
    assertThat(((Listener.State.Waiting) listener.state()).reason())
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("link wlan0 is not up");
    here.links().put(WIFI, "10.1.0.1");
    room.time().advance(Duration.ofSeconds(2));
    assertThat(listener.state()).isEqualTo(new Listener.State.Ready());
    assertThat(handler.stateNames()).containsExactly("Waiting", "Ready");
  }

  @Test
  void whenItsLinkComesBackItHasTheSamePortAgain() {
    here.links().put(WIFI, "10.1.0.1");
    Listener listener = start(Parameters.webSocket().requireLink(WIFI).build());
    room.pass();
    int port = listener.port().orElseThrow();
    here.links().up("wlan0", false);
    room.time().advance(Duration.ofSeconds(2));
    assertThat(listener.port()).isEmpty();
    assertThat(room.wire().open()).isEmpty();
    here.links().up("wlan0", true);
    room.time().advance(Duration.ofSeconds(2));
    assertThat(listener.port()).hasValue(port);
    assertThat(handler.stateNames()).containsExactly("Ready", "Waiting", "Ready");
  }

  @Test
  void addressesThatTheLinkGetsLaterAreBoundToo() {
    here.links().put(WIFI, "10.1.0.1");
    here.transport().addLink(WIFI, "10.1.0.1", "10.1.0.2");
    Listener listener = start(Parameters.webSocket().requireLink(WIFI).build());
    room.pass();
    here.links().put(WIFI, "10.1.0.1", "10.1.0.2");
    room.time().advance(Duration.ofSeconds(2));
    assertThat(handler.stateNames()).containsExactly("Ready");
    assertThat(room.wire().open()).hasSize(2);
    room.await(listener.cancel());
    assertThat(room.wire().open()).isEmpty();
  }

  @Test
  void addressesThatAreReplacedAreBoundAnew() {
    here.links().put(WIFI, "10.1.0.1");
    Listener listener = start(Parameters.webSocket().requireLink(WIFI).build());
    room.pass();
    int port = listener.port().orElseThrow();
    here.links().put(WIFI, "10.1.0.99");
    room.time().advance(Duration.ofSeconds(2));
    assertThat(handler.stateNames()).containsExactly("Ready", "Waiting", "Ready");
    assertThat(((Listener.State.Waiting) handler.states().get(1)).reason())
        .hasMessageContaining("addresses have changed");
    assertThat(listener.port()).hasValue(port);
  }

  @Test
  void anAddressThatCannotBeBoundYetIsTriedAgain() {
    here.links().put(WIFI, "fe80::1");
    here.transport().bindable("fe80::1", false);
    Listener listener = start(Parameters.webSocket().requireLink(WIFI).build());
    room.time().advance(Duration.ofMillis(2_500));
    assertThat(handler.stateNames()).containsExactly("Waiting");
    here.transport().bindable("fe80::1", true);
    room.pass();
    assertThat(handler.stateNames()).containsExactly("Waiting", "Ready");
    assertThat(listener.port()).isPresent();
  }

  @Test
  void anAddressThatCanNeverBeBoundFailsAfterFiveAttempts() {
    here.links().put(WIFI, "fe80::1");
    here.transport().bindable("fe80::1", false);
    Listener listener = start(Parameters.webSocket().requireLink(WIFI).build());
    room.time().advance(Duration.ofMillis(3_900));
    assertThat(handler.stateNames()).containsExactly("Waiting");
    room.time().advance(Duration.ofMillis(200));
    assertThat(handler.stateNames()).containsExactly("Waiting", "Failed");
    room.await(listener.cancel());
  }

  @Test
  void aLocalAddressThatIsNotThereIsWaitedFor() {
    Listener listener =
        start(Parameters.webSocket().localAddress(MemoryWire.address("10.1.0.1")).build());
    room.pass();
    assertThat(listener.state()).isInstanceOf(Listener.State.Waiting.class);
    here.links().put(WIFI, "10.1.0.1");
    room.time().advance(Duration.ofSeconds(2));
    assertThat(listener.state()).isEqualTo(new Listener.State.Ready());
  }

  @Test
  void nobodyLooksAtTheLinksForAListenerThatDoesNotDependOnThem() {
    start(Parameters.webSocket().build());
    room.time().advance(Duration.ofMinutes(1));
    assertThat(here.links().looks()).isEqualTo(1); // when the network was opened
  }

  @Test
  void aHandlerThatThrowsChangesNothing() {
    handler.throwing();
    Listener listener = start(Parameters.webSocket().build());
    room.pass();
    room.await(listener.cancel());
    assertThat(handler.stateNames()).containsExactly("Ready", "Cancelled");
  }

  @Test
  void aQueueThatHangsDoesNotKeepThePortFromBeingFreed() {
    Listener listener = start(Parameters.webSocket().build());
    room.pass();
    here.queue().pause();
    CompletableFuture<Void> cancelled = listener.cancel();
    room.pass();
    assertThat(listener.state()).isEqualTo(new Listener.State.Cancelled());
    assertThat(room.wire().open()).isEmpty();
    assertThat(cancelled).isNotDone();
    here.queue().resume();
    room.await(cancelled);
  }

  @Test
  void aNegativeLimitIsRefused() {
    Listener listener = make(Parameters.webSocket().build());
    assertThatThrownBy(() -> listener.newConnectionLimit(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Listener make(Parameters parameters) {
    return here.network().listener(parameters);
  }

  private Listener start(Parameters parameters) {
    return make(parameters).start(handler, here.queue());
  }
}
