package dev.earshot.session.internal.stream;

import dev.earshot.Connection;
import dev.earshot.Fingerprint;
import dev.earshot.NetworkClock;
import dev.earshot.Payload;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The right to open one side stream, once, soon. The token names it; the secret proves it.
 *
 * <p>On the session's queue; what is read of it elsewhere does not change.
 */
public final class Ticket {
  private final Payload token;
  private final Payload secret;
  private final Optional<Fingerprint> owner;
  private final Consumer<Connection> taker;
  private NetworkClock.@Nullable Timer timer;

  Ticket(Payload token, Payload secret, Optional<Fingerprint> owner, Consumer<Connection> taker) {
    this.token = token;
    this.secret = secret;
    this.owner = owner;
    this.taker = taker;
  }

  /** 16 random bytes. */
  public Payload token() {
    return token;
  }

  /** Whose certificate the stream has to come with; empty if it comes without. */
  Optional<Fingerprint> owner() {
    return owner;
  }

  /** 32 random bytes; none if the session has no pre-shared key. */
  public Payload secret() {
    return secret;
  }

  void lapsesBy(NetworkClock.Timer value) {
    timer = value;
  }

  void stopClock() {
    if (timer != null) {
      timer.cancel();
    }
  }

  void give(Connection stream) {
    taker.accept(stream);
  }

  @Override
  public String toString() {
    return "ticket " + SideStreams.hex(token);
  }
}
