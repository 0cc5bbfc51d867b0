package dev.earshot.session.internal.stream;

import dev.earshot.Connection;
import dev.earshot.NetworkClock;
import dev.earshot.Payload;
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
  private final Consumer<Connection> taker;
  private NetworkClock.@Nullable Timer timer;

  Ticket(Payload token, Payload secret, Consumer<Connection> taker) {
    this.token = token;
    this.secret = secret;
    this.taker = taker;
  }

  /** 16 random bytes. */
  public Payload token() {
    return token;
  }

  /** 32 random bytes; none if the session is not secured. */
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
