package dev.earshot.testing;

import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import org.jspecify.annotations.Nullable;

/** A connection that a {@link MemoryPort} accepted. */
@LoopConfined
final class MemoryArrival implements Arrival, Dial {
  private final MemoryLink link;
  private final MemoryDial dial;
  private final MemoryPort port;
  private final MemoryHandshake handshake;
  private Dial.@Nullable Events events;
  private boolean over;

  MemoryArrival(MemoryLink link, MemoryDial dial, MemoryPort port) {
    this.link = link;
    this.dial = dial;
    this.port = port;
    handshake = new MemoryHandshake(dial.request(), port.request());
    link.dialled().whenLostEarly(this::lost);
  }

  /** Reaches the system of the other side, which answers by itself. */
  void come() {
    link.wire().add(this);
    link.toDialling().send(() -> dial.answered(handshake));
    port.arrived(this);
  }

  MemoryLink link() {
    return link;
  }

  @Override
  public NetworkPath path() {
    return link.dialled().path();
  }

  @Override
  public Loop loop() {
    return link.dialled().loop();
  }

  @Override
  public Dial open(Dial.Events listener) {
    loop().assertInLoop();
    if (events != null || over) {
      throw new IllegalStateException("opened or refused before");
    }
    events = listener;
    loop().execute(this::shakeHands);
    return this;
  }

  @Override
  public void refuse() {
    loop().assertInLoop();
    cancel();
  }

  @Override
  public void cancel() {
    loop().assertInLoop();
    if (!over) {
      end();
      close("closed by the other side");
    }
  }

  private void lost() {
    if (events != null) {
      fail(closed("closed by the other side"));
    }
  }

  private void shakeHands() {
    if (over) {
      return;
    }
    if (link.dialled().isOver() || link.suffers(LinkFault.CUT_DURING_HANDSHAKE)) {
      fail(closed("closed by the other side"));
      close("closed by the other side");
    } else if (link.suffers(LinkFault.WRONG_KEY)) {
      settle(handshake.wrongKey());
    } else if (!link.suffers(LinkFault.NEVER_ANSWER_HANDSHAKE)) {
      handshake.decide().whenComplete((outcome, thrown) -> settleLater(outcome, thrown));
    }
  }

  private void settleLater(MemoryHandshake.@Nullable Outcome outcome, @Nullable Throwable thrown) {
    MemoryHandshake.Outcome known = outcome == null ? handshake.wrongKey() : outcome;
    loop().execute(() -> settle(known));
  }

  private void settle(MemoryHandshake.Outcome outcome) {
    if (over || events == null) {
      return;
    }
    if (outcome instanceof MemoryHandshake.Outcome.Agreed agreed) {
      if (link.dialled().isOver()) {
        fail(closed("closed by the other side"));
        return;
      }
      end();
      link.dialled().agree(agreed.agreement());
      handshake.becomeGroups(link);
      if (handshake.isNeeded()) {
        link.toDialling().send(() -> dial.ready(agreed.agreement()));
      }
      events.ready(link.outcome(link.dialled()));
    } else if (outcome instanceof MemoryHandshake.Outcome.Refused refused) {
      link.toDialling().send(() -> dial.fail(refused.dialling()));
      fail(refused.dialled());
    }
  }

  /** The dialling side, if it is still shaking hands, or else its pipe, learns that it is over. */
  private void close(String why) {
    link.toDialling().send(() -> dial.fail(closed(why)));
    link.dialled().abort();
  }

  private void fail(NetworkException cause) {
    if (!over) {
      end();
      if (events != null) {
        events.failed(cause);
      }
    }
  }

  private void end() {
    over = true;
    link.wire().remove(this);
  }

  private static HandshakeException closed(String why) {
    return new HandshakeException(HandshakeException.Reason.CLOSED, "handshake in memory: " + why);
  }

  @Override
  public String toString() {
    return "arrival from " + link.dialled();
  }
}
