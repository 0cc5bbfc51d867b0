package dev.earshot.security.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Payload;
import dev.earshot.security.tls.pairing.Card;
import dev.earshot.security.tls.pairing.Code;
import dev.earshot.security.tls.pairing.EnteringExchange;
import dev.earshot.security.tls.pairing.Message;
import dev.earshot.security.tls.pairing.MessageCodec;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.VirtualExecutor;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Two who pair and one who should not, in virtual time. */
final class PairingRoom implements AutoCloseable {
  static final String DEN = "10.0.0.1";

  final MemoryRoom room;
  final MemoryRoom.Computer den;
  final MemoryRoom.Computer kitchen;
  final MemoryRoom.Computer stranger;
  final RecordingPairing shownBy;
  final RecordingPairing enteredBy;
  final SecureRandom random = new SecureRandom();

  PairingRoom(long seed) {
    room = new MemoryRoom(seed);
    den = room.computer(DEN);
    kitchen = room.computer("10.0.0.2");
    stranger = room.computer("10.0.0.66");
    shownBy = new RecordingPairing(den.queue()::isRunningHere);
    enteredBy = new RecordingPairing(kitchen.queue()::isRunningHere);
  }

  /** Will show a code in the den; not started. */
  Pairing offer() {
    return new ShownPairing(
        den.network(), options("Den"), Code.random(random), scalars(den.workers()));
  }

  /** Shows a code in the den, and waits until it can be typed. */
  Pairing show() {
    Pairing shown = offer();
    shown.start(shownBy, den.queue());
    assertThat(passUntil(() -> shown.state() instanceof Pairing.State.Open)).isTrue();
    return shown;
  }

  /** Types {@code code} in the kitchen; not started. */
  Pairing enter(Pairing shown, String code) {
    return enter(address(shown), code);
  }

  Pairing enter(Endpoint to, String code) {
    return new EnteredPairing(
        kitchen.network().connection(to, options("Kitchen").parameters()),
        new EnteredPairing.Settings(
            kitchen.network().clock(),
            new Card("Kitchen"),
            Code.parse(code),
            scalars(kitchen.workers())));
  }

  /** Types {@code code} in the kitchen and lets time pass until it is over. */
  CompletableFuture<PairedPeer> tryCode(Pairing shown, String code) {
    Pairing entered = enter(shown, code);
    RecordingPairing seen = new RecordingPairing(kitchen.queue()::isRunningHere);
    CompletableFuture<PairedPeer> paired = entered.start(seen, kitchen.queue()).paired();
    assertThat(passUntil(paired::isDone)).isTrue();
    pass(Duration.ofMillis(100)); // so that the other side has heard of it too
    return paired;
  }

  static PairingOptions options(String name) {
    return PairingOptions.named(name);
  }

  static Endpoint address(Pairing shown) {
    return Endpoint.hostPort(DEN, shown.port().orElseThrow());
  }

  /** Where somebody accepts whoever comes, and never says a word. */
  Endpoint muteDoor() {
    Listener mute = den.network().listener(options("Mute").parameters());
    mute.start((listener, connection) -> connection.start(), Runnable::run);
    room.await(mute.ready());
    return Endpoint.hostPort(DEN, mute.port().orElseThrow());
  }

  /** A code that is not the one of {@code shown}. */
  static String otherThan(Pairing shown) {
    return otherThan(shown.code());
  }

  static String otherThan(String code) {
    int number = Integer.parseInt(code.replace(" ", ""));
    return String.format("%06d", (number + 1) % 1_000_000);
  }

  /** Random numbers, which are only to be asked for where long sums may be done. */
  private Supplier<BigInteger> scalars(VirtualExecutor workers) {
    Supplier<BigInteger> scalars = Code.scalars(random);
    return () -> {
      assertThat(workers.isRunningHere()).as("on a worker, not on a loop").isTrue();
      return scalars.get();
    };
  }

  /** A stranger's connection with the den, ready. */
  Raw connect(Pairing shown) {
    Raw raw = new Raw(shown);
    room.await(raw.connection.ready());
    return raw;
  }

  void pass(Duration time) {
    room.time().advance(time);
  }

  boolean passUntil(java.util.function.BooleanSupplier condition) {
    return room.time().runUntil(condition, Duration.ofMinutes(3));
  }

  /** Why {@code future} failed. */
  static Throwable failure(CompletableFuture<?> future) {
    try {
      return new AssertionError("it brought " + future.join());
    } catch (CompletionException e) {
      return e.getCause();
    }
  }

  static PairingException.Reason reason(CompletableFuture<?> future) {
    assertThat(failure(future)).isInstanceOf(PairingException.class);
    return ((PairingException) failure(future)).reason();
  }

  @Override
  public void close() {
    assertThat(shownBy.violations).isEmpty();
    assertThat(enteredBy.violations).isEmpty();
    room.close();
    assertThat(room.time().pendingTimers()).isZero();
  }

  /** Somebody who says what it likes. */
  final class Raw {
    final Connection connection;

    Raw(Pairing shown) {
      connection =
          stranger.network().connection(address(shown), options("Stranger").parameters()).start();
    }

    void say(Payload bytes) {
      connection.send(bytes);
    }

    void say(Message message) {
      say(MessageCodec.encode(message));
    }

    /** The next message, or nothing if the connection ended. */
    List<Message> hear() {
      return room.await(
          connection
              .receiveMessage()
              .handle(
                  (received, thrown) -> {
                    try {
                      return thrown != null || received.content().isEmpty()
                          ? List.<Message>of()
                          : List.of(MessageCodec.decode(received.content()));
                    } catch (dev.earshot.FramingException e) {
                      throw new CompletionException(e);
                    }
                  }));
    }

    EnteringExchange exchange(String code) {
      return new EnteringExchange(Code.parse(code), new Card("Stranger"), Code.scalars(random));
    }
  }
}
