package dev.earshot.session.internal.resource;

import dev.earshot.Connection;
import dev.earshot.Payload;
import dev.earshot.session.Peer;
import dev.earshot.session.ResourceException;
import dev.earshot.session.ResourceException.Code;
import dev.earshot.session.ResourceOffer;
import dev.earshot.session.ResourceTransfer;
import dev.earshot.session.internal.queue.SerialQueue;
import dev.earshot.session.internal.stream.Channel;
import dev.earshot.session.internal.wire.Body;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A file that a peer offers, and its way here. On the session's queue, where nothing waits for the
 * disk; what the user calls may be called on any thread.
 */
final class Receiving implements ResourceOffer {
  /** How long the user has for an answer. */
  private static final Duration ANSWER = Duration.ofMinutes(1);

  private static final int UNIQUE_BYTES = 8;

  private final Desk desk;
  private final Body.ResourceOffer offer;
  private final Workshop workshop;
  private final Channel channel;
  private final TransferReport report;
  private final SerialQueue lane;
  private final Alarm alarm;
  private final AtomicBoolean answered = new AtomicBoolean();
  private final CompletableFuture<Void> cleaned = new CompletableFuture<>();
  private Stage stage = Stage.OFFERED;
  private @Nullable Landing landing;
  private @Nullable StreamOpening opening;
  private @Nullable Connection stream;
  private @Nullable Pump pump;

  /** What arrived; null until all of it has. */
  private @Nullable Payload digest;

  /** What the sender says it sent; null until it does. */
  private Body.@Nullable ResourceStatus sent;

  private enum Stage {
    OFFERED,
    PREPARING,
    MOVING,
    PUBLISHING,
    OVER
  }

  Receiving(Desk desk, Body.ResourceOffer offer) {
    this.desk = desk;
    this.offer = offer;
    this.workshop = desk.workshop();
    this.channel = desk.channel();
    this.lane = new SerialQueue(workshop.disk());
    this.alarm = new Alarm(workshop.clock(), workshop.queue());
    this.report =
        new TransferReport(
            channel.peer(),
            offer.name(),
            workshop,
            offer.size(),
            () -> workshop.queue().execute(() -> fail(Code.CANCELLED, "given up")));
    alarm.set(ANSWER, this::notAnswered);
  }

  /** Completes when the disk is clean, once the transfer is over. */
  CompletableFuture<Void> cleaned() {
    return cleaned;
  }

  // ---- the user, on any thread

  @Override
  public Peer from() {
    return channel.peer();
  }

  @Override
  public String name() {
    return offer.name();
  }

  @Override
  public OptionalLong size() {
    return offer.size();
  }

  @Override
  public ResourceTransfer accept(Path folder) {
    Objects.requireNonNull(folder, "folder");
    answer();
    workshop.queue().execute(() -> prepare(folder));
    return report;
  }

  @Override
  public void decline(String reason) {
    Objects.requireNonNull(reason, "reason");
    answer();
    workshop.queue().execute(() -> decline(Code.DECLINED, reason));
  }

  private void answer() {
    if (!answered.compareAndSet(false, true)) {
      throw new IllegalStateException("the offer of " + report + " was answered before");
    }
  }

  // ---- what happens

  private void notAnswered() {
    decline(Code.TIMED_OUT, "not answered within a minute");
  }

  private void decline(Code code, String reason) {
    decline(new ResourceException(code, reason, null));
  }

  private void decline(ResourceException cause) {
    if (stage == Stage.OFFERED || stage == Stage.PREPARING) {
      channel.say(new Body.ResourceDecline(offer.id(), cause.code(), cause.getMessage()));
      fail(cause, false);
    }
  }

  private void prepare(Path folder) {
    if (stage != Stage.OFFERED) {
      return; // it was taken back, or is too old: the transfer has failed
    }
    stage = Stage.PREPARING;
    alarm.set(StallWatch.LONGEST, () -> decline(Code.TIMED_OUT, "the disk is too slow"));
    byte[] unique = new byte[UNIQUE_BYTES];
    workshop.random().nextBytes(unique);
    Landing place = new Landing(folder, HexFormat.of().formatHex(unique), offer.size());
    landing = place;
    lane.execute(
        () -> {
          try {
            place.open();
            workshop.queue().execute(this::prepared);
          } catch (IOException | ResourceException e) {
            ResourceException cause = Pump.asResourceException("creating", e);
            workshop.queue().execute(() -> decline(cause));
          }
        });
  }

  private void prepared() {
    if (stage != Stage.PREPARING) {
      return;
    }
    stage = Stage.MOVING;
    channel.say(new Body.ResourceAccept(offer.id(), 0));
    alarm.set(StallWatch.LONGEST, () -> fail(Code.TIMED_OUT, "no side stream was offered"));
    StreamOpening begun =
        new StreamOpening(channel, workshop, this::move, why -> fail(Code.IO_ERROR, why));
    opening = begun;
    begun.begin(offer.id());
  }

  void streamOffered(Body.OpenStream open) {
    if (stage == Stage.MOVING && stream == null && opening != null) {
      opening.dial(open);
    }
  }

  private void move(Connection ready) {
    if (stage != Stage.MOVING) {
      ready.forceCancel();
      return;
    }
    stream = ready;
    new StallWatch(alarm, report, () -> fail(Code.TIMED_OUT, "nothing moved for a minute")).begin();
    Pump begun = new Pump(ready, workshop.chunkSize(), lane, report, new Pumped());
    pump = begun;
    begun.receive(Objects.requireNonNull(landing));
  }

  private void moved(Payload sha256) {
    digest = sha256;
    compare();
  }

  void statusTold(Body.ResourceStatus status) {
    if (status.failure().isPresent()) {
      fail(Desk.told(status), false);
    } else {
      sent = status;
      compare();
    }
  }

  /** What arrived with what was sent, once both are known. */
  private void compare() {
    if (digest == null || sent == null || stage != Stage.MOVING) {
      return;
    }
    Landing place = Objects.requireNonNull(landing);
    if (!sent.sha256().equals(Optional.of(digest)) || sent.size() != place.written()) {
      fail(Code.DIGEST_MISMATCH, "what arrived is not what was sent");
      return;
    }
    stage = Stage.PUBLISHING;
    alarm.clear();
    lane.execute(
        () -> {
          try {
            Path file = place.publish(offer.name());
            workshop.queue().execute(() -> succeed(file));
          } catch (IOException e) {
            ResourceException cause = Pump.asResourceException("completing", e);
            workshop.queue().execute(() -> notPublished(cause));
          }
        });
  }

  private void notPublished(ResourceException cause) {
    stage = Stage.MOVING;
    fail(cause, true);
  }

  /** Whoever gives up ends the stream and says why over the other connection. */
  private void streamBroke(ResourceException cause) {
    if (stage == Stage.MOVING) {
      alarm.set(StallWatch.EXPLANATION, () -> fail(cause, true));
    }
  }

  // ---- ends

  private void succeed(Path file) {
    stage = Stage.OVER;
    long size = Objects.requireNonNull(landing).written();
    channel.say(Body.ResourceStatus.done(offer.id(), size, Objects.requireNonNull(digest)));
    if (stream != null) {
      stream.cancel();
    }
    desk.ended(this, offer.id());
    cleanUp();
    report.succeeded(file);
  }

  private void fail(Code code, String why) {
    fail(new ResourceException(code, why, null), true);
  }

  /** Over without success; {@code tell} the other side, unless it told. */
  void fail(ResourceException cause, boolean tell) {
    if (stage == Stage.OVER || stage == Stage.PUBLISHING) {
      return; // all of it is here: whether it can be published decides
    }
    answered.set(true);
    stage = Stage.OVER;
    alarm.clear();
    if (pump != null) {
      pump.stop();
    }
    if (opening != null) {
      opening.cancel();
    }
    if (stream != null) {
      stream.forceCancel();
    }
    desk.ended(this, offer.id());
    if (tell) {
      desk.tell(offer.id(), cause);
    }
    cleanUp();
    report.failed(
        new ResourceException(
            cause.code(), "receiving " + report + ": " + Pump.words(cause), cause));
  }

  private void cleanUp() {
    Landing place = landing;
    lane.execute(
        () -> {
          try {
            if (place != null) {
              place.abandon();
            }
          } catch (IOException e) {
            System.getLogger("dev.earshot.session")
                .log(System.Logger.Level.WARNING, "removing a file that did not arrive", e);
          } finally {
            cleaned.complete(null);
          }
        });
  }

  /** What the pump says, from the lane. */
  private final class Pumped implements Pump.Events {
    @Override
    public void moved(long size, Payload sha256) {
      workshop.queue().execute(() -> Receiving.this.moved(sha256));
    }

    @Override
    public void failed(ResourceException cause) {
      workshop.queue().execute(() -> fail(cause, true));
    }

    @Override
    public void broke(ResourceException cause) {
      workshop.queue().execute(() -> streamBroke(cause));
    }
  }
}
