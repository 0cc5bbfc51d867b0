package dev.earshot.transport.netty;

import dev.earshot.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Somebody with whom a listener has a flow, or two for a while: the second of a peer that has begun
 * anew from the same address, and has not proved yet that it is the peer. For one thread.
 *
 * <p>RFC 6347, section 4.2.8 would have the first flow replaced as soon as the address is proved,
 * or only when the second handshake is over. It is the latter here: who can read and forge
 * datagrams on the way has the address too, but not the keys.
 */
final class Guest {
  private UdpFlow flow;
  private Payload beginning;
  private @Nullable UdpFlow next;
  private Payload nextBeginning = Payload.empty();

  /** Whose {@code flow} was begun by what {@code beginning} stands for. */
  Guest(UdpFlow flow, Payload beginning) {
    this.flow = flow;
    this.beginning = beginning;
  }

  /** The flow that counts. */
  UdpFlow flow() {
    return flow;
  }

  /** The flow that may take its place; null if there is none. */
  @Nullable UdpFlow next() {
    return next;
  }

  /** Whether {@code begun} begins neither of the flows, and there may be another. */
  boolean beginsAnew(Payload begun) {
    return next == null && !begun.equals(beginning);
  }

  /** Both for as long as it takes. */
  void beginAnew(UdpFlow other, Payload begun) {
    next = other;
    nextBeginning = begun;
  }

  /** The second flow takes the place of the first, which is returned. */
  UdpFlow moveOn() {
    UdpFlow gone = flow;
    if (next == null) {
      throw new IllegalStateException("there is one flow only");
    }
    flow = next;
    beginning = nextBeginning;
    forgetNext();
    return gone;
  }

  /** The second flow has come to nothing. */
  void forgetNext() {
    next = null;
    nextBeginning = Payload.empty();
  }
}
