package dev.earshot.session.internal.resource;

import dev.earshot.session.ResourceException;
import dev.earshot.session.ResourceException.Code;
import dev.earshot.session.internal.stream.Channel;
import dev.earshot.session.internal.wire.Body;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The transfers with one peer, over one connection. On the session's queue.
 *
 * <p>The side that dialled the connection numbers its offers with odd numbers, the other with even
 * ones, so that a number means the same on both sides.
 */
final class Desk {
  /** How many offers of either side may be open (docs/protocol.md, "Limits"). */
  static final int MOST = 16;

  private final Channel channel;
  private final Workshop workshop;
  private final Map<Long, Sending> outgoing = new HashMap<>();
  private final Map<Long, Receiving> incoming = new HashMap<>();
  private long next;

  /** What is over and has still something to do on the disk. */
  private final List<CompletableFuture<Void>> cleaning = new ArrayList<>();

  Desk(Channel channel, Workshop workshop) {
    this.channel = channel;
    this.workshop = workshop;
    this.next = channel.isDialled() ? 1 : 2;
  }

  Channel channel() {
    return channel;
  }

  Workshop workshop() {
    return workshop;
  }

  /** Takes {@code sending} on; 0 if there is no room for it. */
  long add(Sending sending) {
    if (outgoing.size() >= MOST) {
      return 0;
    }
    long number = next;
    next += 2;
    outgoing.put(number, sending);
    return number;
  }

  /** A peer offers something: the offer, unless it breaks a rule or a limit. */
  void offered(Body.ResourceOffer offer, Consumer<Receiving> taker) {
    boolean theirs = offer.id() % 2 != next % 2;
    if (!theirs || incoming.containsKey(offer.id()) || offer.name().isEmpty()) {
      channel.violation("an offer with the number " + offer.id() + " and no right to it");
    } else if (incoming.size() >= MOST) {
      String why = "no more than " + MOST + " offers at once";
      channel.say(new Body.ResourceDecline(offer.id(), Code.LIMIT, why));
    } else {
      Receiving receiving = new Receiving(this, offer);
      incoming.put(offer.id(), receiving);
      taker.accept(receiving);
    }
  }

  /** Something about a transfer; what is about one that is over already is late, and ignored. */
  void received(Body body) {
    if (body instanceof Body.ResourceAccept accept && outgoing.containsKey(accept.id())) {
      outgoing.get(accept.id()).accepted(accept);
    } else if (body instanceof Body.ResourceDecline no && outgoing.containsKey(no.id())) {
      outgoing.get(no.id()).declined(no);
    } else if (body instanceof Body.ResourceStatus status) {
      statusTold(status);
    } else if (body instanceof Body.OpenStream open) {
      streamOffered(open);
    }
  }

  private void statusTold(Body.ResourceStatus status) {
    if (outgoing.containsKey(status.id())) {
      outgoing.get(status.id()).statusTold(status);
    } else if (incoming.containsKey(status.id())) {
      incoming.get(status.id()).statusTold(status);
    }
  }

  private void streamOffered(Body.OpenStream open) {
    if (!channel.isDialled()) {
      channel.violation("a side stream, which this side does not dial");
    } else if (open.secret().isEmpty() == workshop.streams().isSecured()) {
      channel.violation("a side stream that is not protected as the session is");
    } else if (outgoing.containsKey(open.resource())) {
      outgoing.get(open.resource()).streamOffered(open);
    } else if (incoming.containsKey(open.resource())) {
      incoming.get(open.resource()).streamOffered(open);
    }
  }

  /** How the other side says that a transfer failed. */
  static ResourceException told(Body.ResourceStatus status) {
    return new ResourceException(
        status.failure().orElse(Code.IO_ERROR), "the other side says: " + status.text(), null);
  }

  /** Tells the other side that transfer {@code id} failed. */
  void tell(long id, ResourceException cause) {
    channel.say(Body.ResourceStatus.failed(id, cause.code(), cause.getMessage()));
  }

  void ended(Sending sending, long id) {
    outgoing.remove(id, sending);
    cleaning(sending.cleaned());
  }

  void ended(Receiving receiving, long id) {
    incoming.remove(id, receiving);
    cleaning(receiving.cleaned());
  }

  private void cleaning(CompletableFuture<Void> cleaned) {
    cleaning.removeIf(CompletableFuture::isDone);
    cleaning.add(cleaned);
  }

  /** All transfers fail with {@code code}. Completes when the disk is clean. */
  CompletableFuture<Void> close(Code code, String why, boolean tell) {
    ResourceException cause = new ResourceException(code, why, null);
    List.copyOf(outgoing.values()).forEach(sending -> sending.fail(cause, tell));
    List.copyOf(incoming.values()).forEach(receiving -> receiving.fail(cause, tell));
    incoming.values().forEach(receiving -> cleaning(receiving.cleaned())); // being published
    return CompletableFuture.allOf(cleaning.toArray(CompletableFuture<?>[]::new));
  }
}
