package dev.earshot.session.internal.resource;

import dev.earshot.session.Peer;
import dev.earshot.session.ResourceException.Code;
import dev.earshot.session.ResourceOffer;
import dev.earshot.session.ResourceTransfer;
import dev.earshot.session.internal.stream.Channel;
import dev.earshot.session.internal.wire.Body;
import dev.earshot.session.internal.wire.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All files that a session sends and receives. On the session's queue, but for {@link #send}. */
public final class Resources {
  private final Workshop workshop;
  private final Consumer<ResourceOffer> offers;
  private final Map<Channel, Desk> desks = new HashMap<>();

  /** What is over and has still something to do on the disk. */
  private final List<CompletableFuture<Void>> cleaning = new ArrayList<>();

  /** No files yet; what peers offer goes to {@code offers}. */
  public Resources(Workshop workshop, Consumer<ResourceOffer> offers) {
    this.workshop = workshop;
    this.offers = offers;
  }

  /** Users may exchange files over {@code channel}. */
  public void opened(Channel channel) {
    desks.put(channel, new Desk(channel, workshop));
  }

  /** {@code channel} has ended. */
  public void closed(Channel channel) {
    Desk desk = desks.remove(channel);
    if (desk != null) {
      cleaning.removeIf(CompletableFuture::isDone);
      cleaning.add(desk.close(Code.PEER_LOST, "the connection with the peer ended", false));
    }
  }

  /** An envelope came that may be about files. */
  public void received(Channel channel, Body body) {
    Desk desk = desks.get(channel);
    if (desk == null) {
      return;
    }
    if (body instanceof Body.ResourceOffer offer) {
      desk.offered(offer, offers::accept);
    } else {
      desk.received(body);
    }
  }

  /**
   * Offers {@code file} to {@code to}. Any thread.
   *
   * @param channel the connection with it, if there is one
   */
  public ResourceTransfer send(Path file, String name, Peer to, @Nullable Channel channel) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > Limits.RESOURCE_NAME) {
      throw new IllegalArgumentException(
          "name of " + bytes + " bytes of UTF-8, not 1 to " + Limits.RESOURCE_NAME);
    }
    Sending sending = new Sending(workshop, file, name, to);
    workshop.queue().execute(() -> sending.begin(channel == null ? null : desks.get(channel)));
    return sending.report();
  }

  /** All transfers fail, and the other sides are told. Completes when the disk is clean. */
  public CompletableFuture<Void> close() {
    for (Desk desk : desks.values()) {
      cleaning.add(desk.close(Code.CANCELLED, "the session was left", true));
    }
    return CompletableFuture.allOf(cleaning.toArray(CompletableFuture<?>[]::new));
  }
}
