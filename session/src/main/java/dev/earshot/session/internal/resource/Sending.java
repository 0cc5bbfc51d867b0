package dev.earshot.session.internal.resource;

import dev.earshot.Connection;
import dev.earshot.Payload;
import dev.earshot.session.Peer;
import dev.earshot.session.ResourceException;
import dev.earshot.session.ResourceException.Code;
import dev.earshot.session.ResourceTransfer;
import dev.earshot.session.internal.queue.SerialQueue;
import dev.earshot.session.internal.stream.Channel;
import dev.earshot.session.internal.wire.Body;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way to a peer: offered, accepted, moved, and confirmed by the other side's digest.
 * On the session's queue, where nothing waits for the disk.
 */
final class Sending {
  /** Longer than the minute that the other side's user has for an answer. */
  private static final Duration ANSWER = Duration.ofSeconds(75);

  /** The bytes a second that a slow disk writes. */
  private static final int SLOW_DISK = 4 << 20;

  private final Workshop workshop;
  private final FileSource source;
  private final TransferReport report;
  private final SerialQueue lane;
  private final Alarm alarm;
  private final CompletableFuture<Void> cleaned = new CompletableFuture<>();
  private Stage stage = Stage.READING;

  /** Where it is registered, with its number; null and 0 until it is. */
  private @Nullable Desk desk;

  private long id;
  private @Nullable StreamOpening opening;
  private @Nullable Connection stream;
  private @Nullable Pump pump;
  private @Nullable Payload digest;

  private enum Stage {
    READING,
    OFFERED,
    ACCEPTED,
    MOVING,
    MOVED,
    OVER
  }

  /** A transfer that has not begun. Any thread. */
  Sending(Workshop workshop, Path file, String name, Peer to) {
    this.workshop = workshop;
    this.source = new FileSource(file, workshop.chunkSize());
    this.lane = new SerialQueue(workshop.disk());
    this.alarm = new Alarm(workshop.clock(), workshop.queue());
    this.report =
        new TransferReport(
            to,
            name,
            workshop,
            OptionalLong.empty(),
            () -> workshop.queue().execute(() -> fail(Code.CANCELLED, "given up")));
  }

  ResourceTransfer report() {
    return report;
  }

  /** Completes when the file is closed, once the transfer is over. */
  CompletableFuture<Void> cleaned() {
    return cleaned;
  }

  // ---- what happens

  /** Begins, if the peer is connected, and takes files, and not too many are on their way. */
  void begin(@Nullable Desk registry) {
    if (stage == Stage.OVER) {
      return; // given up already
    }
    desk = registry;
    id = registry == null ? 0 : registry.add(this);
    if (registry == null) {
      fail(Code.PEER_LOST, "it is not connected");
    } else if (id == 0) {
      fail(Code.LIMIT, "no more than " + Desk.MOST + " offers at once");
    } else if (!registry.channel().takesResources()) {
      fail(Code.DECLINED, "it does not take files");
    } else {
      open();
    }
  }

  private void open() {
    lane.execute(
        () -> {
          try {
            source.open();
            workshop.queue().execute(this::offer);
          } catch (IOException e) {
            ResourceException cause = Pump.asResourceException("opening", e);
            workshop.queue().execute(() -> fail(cause, false));
          }
        });
  }

  private Channel channel() {
    return Objects.requireNonNull(desk).channel();
  }

  private void offer() {
    if (stage != Stage.READING) {
      return;
    }
    stage = Stage.OFFERED;
    report.total(source.size());
    channel()
        .say(
            new Body.ResourceOffer(
                id,
                report.name(),
                OptionalLong.of(source.size()),
                "",
                OptionalLong.of(source.modifiedMillis()),
                Optional.empty()));
    alarm.set(ANSWER, () -> fail(Code.TIMED_OUT, "the offer was not answered"));
  }

  void accepted(Body.ResourceAccept accept) {
    if (stage != Stage.OFFERED || accept.offset() != 0) {
      channel().violation("an acceptance that fits no offer");
      return;
    }
    stage = Stage.ACCEPTED;
    StreamOpening begun =
        new StreamOpening(channel(), workshop, this::move, why -> fail(Code.IO_ERROR, why));
    opening = begun;
    alarm.set(StallWatch.LONGEST, () -> fail(Code.TIMED_OUT, "no side stream was offered"));
    begun.begin(id);
  }

  void declined(Body.ResourceDecline decline) {
    if (stage == Stage.OFFERED) {
      fail(new ResourceException(decline.code(), "declined: " + decline.text(), null), false);
    }
  }

  void streamOffered(Body.OpenStream open) {
    if (stage == Stage.ACCEPTED && opening != null) {
      opening.dial(open);
    }
  }

  private void move(Connection ready) {
    if (stage != Stage.ACCEPTED) {
      ready.forceCancel();
      return;
    }
    stage = Stage.MOVING;
    stream = ready;
    new StallWatch(alarm, report, () -> fail(Code.TIMED_OUT, "nothing moved for a minute")).begin();
    Pump begun = new Pump(ready, workshop.chunkSize(), lane, report, new Pumped());
    pump = begun;
    begun.send(source);
  }

  private void moved(long size, Payload sha256) {
    if (stage != Stage.MOVING) {
      return;
    }
    stage = Stage.MOVED;
    digest = sha256;
    channel().say(Body.ResourceStatus.done(id, size, sha256));
    // The other side makes it safe on its disk first, which may be a slow one.
    Duration writing = Duration.ofSeconds(size / SLOW_DISK);
    alarm.set(
        StallWatch.LONGEST.plus(writing), () -> fail(Code.TIMED_OUT, "the end was not confirmed"));
  }

  void statusTold(Body.ResourceStatus status) {
    if (status.failure().isPresent()) {
      fail(Desk.told(status), false);
    } else if (stage != Stage.MOVED) {
      fail(Code.DIGEST_MISMATCH, "the end was confirmed before it was there");
    } else if (!status.sha256().equals(Optional.ofNullable(digest))
        || status.size() != source.size()) {
      fail(Code.DIGEST_MISMATCH, "the other side has something else");
    } else {
      succeed();
    }
  }

  /** Whoever gives up ends the stream and says why over the other connection. */
  private void streamBroke(ResourceException cause) {
    if (stage == Stage.MOVING) {
      alarm.set(StallWatch.EXPLANATION, () -> fail(cause, true));
    }
  }

  // ---- ends

  private void succeed() {
    stage = Stage.OVER;
    alarm.clear();
    if (stream != null) {
      stream.cancel();
    }
    Objects.requireNonNull(desk).ended(this, id);
    cleanUp();
    report.succeeded(source.file());
  }

  void fail(Code code, String why) {
    fail(new ResourceException(code, why, null), true);
  }

  /** Over without success; {@code tell} the other side, unless it told. */
  void fail(ResourceException cause, boolean tell) {
    if (stage == Stage.OVER) {
      return;
    }
    boolean offered = stage != Stage.READING;
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
    if (desk != null) {
      desk.ended(this, id);
      if (tell && offered) {
        desk.tell(id, cause);
      }
    }
    cleanUp();
    report.failed(
        new ResourceException(cause.code(), "sending " + report + ": " + Pump.words(cause), cause));
  }

  private void cleanUp() {
    lane.execute(
        () -> {
          try {
            source.close();
          } catch (IOException e) {
            System.getLogger("dev.earshot.session")
                .log(System.Logger.Level.WARNING, "closing a file that was sent", e);
          } finally {
            cleaned.complete(null);
          }
        });
  }

  /** What the pump says, from the lane. */
  private final class Pumped implements Pump.Events {
    @Override
    public void moved(long size, Payload sha256) {
      workshop.queue().execute(() -> Sending.this.moved(size, sha256));
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
