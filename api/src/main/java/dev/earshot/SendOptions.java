package dev.earshot;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How one piece of content is sent. Immutable.
 *
 * @param metadata what the protocol is told beside the bytes; {@link ContentMetadata#BINARY} by
 *     default, which a protocol without messages ignores
 * @param finalMessage whether nothing comes after it, and the peer reads the end of the stream.
 *     With TCP that ends this direction, and receiving goes on; with a {@link Framer} empty content
 *     is then no message. With WebSocket the content, if any, is followed by a close frame with
 *     code 1000, which the peer answers with its own: both directions end, and what the peer had
 *     sent before its answer is still read. Metadata with the opcode {@code CLOSE} makes a message
 *     final in any case.
 * @param priority its place among what waits to be sent; {@link Priority#NORMAL} by default. Only
 *     for messages and datagrams: bytes have no order but their own.
 * @param expiry how long it may wait to be sent; for ever by default. What has waited longer is
 *     dropped as a whole, and its future fails with {@link ExpiredException}; what has begun to be
 *     sent is sent. Only for messages and datagrams.
 */
public record SendOptions(
    ContentMetadata metadata, boolean finalMessage, Priority priority, Optional<Duration> expiry) {
  /** A binary message, or bytes, with more to come. */
  public static final SendOptions DEFAULT = new SendOptions(ContentMetadata.BINARY, false);

  /** A text message; the content must be UTF-8. */
  public static final SendOptions TEXT = new SendOptions(ContentMetadata.TEXT, false);

  /** The last content that is sent; may be empty. */
  public static final SendOptions FINAL = new SendOptions(ContentMetadata.BINARY, true);

  private static final Duration LONGEST = Duration.ofDays(366);

  /**
   * Which of the messages that wait is sent next. Those of one priority leave in the order of the
   * calls; what has begun to be sent is not interrupted. Whatever its priority, content counts
   * against {@link Parameters#sendBudget()} and {@link Parameters#sendLimit()} alike.
   */
  public enum Priority {
    /** Before all others. */
    URGENT,
    /** In the order of the calls. */
    NORMAL,
    /** Once nothing else waits. */
    BACKGROUND
  }

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a final message has a priority or an expiry, since it comes
   *     last and must not be lost; or if the expiry is not positive or longer than a year
   */
  public SendOptions {
    Objects.requireNonNull(metadata, "metadata");
    Objects.requireNonNull(priority, "priority");
    Objects.requireNonNull(expiry, "expiry");
    if (finalMessage && (priority != Priority.NORMAL || expiry.isPresent())) {
      throw new IllegalArgumentException(
          "a final message comes last and does not expire; given were %s, %s"
              .formatted(priority, expiry));
    }
    expiry.ifPresent(SendOptions::requireSensible);
  }

  /** Options without a priority or an expiry. */
  public SendOptions(ContentMetadata metadata, boolean finalMessage) {
    this(metadata, finalMessage, Priority.NORMAL, Optional.empty());
  }

  /** A message of a kind of its own, for {@link Framer#tlv}; {@code type} is read as unsigned. */
  public static SendOptions typed(long type) {
    return new SendOptions(new ContentMetadata.Typed(type), false);
  }

  /** The same with another priority. */
  public SendOptions withPriority(Priority value) {
    return new SendOptions(metadata, finalMessage, value, expiry);
  }

  /** The same, to be dropped when it has waited for {@code time}, at most a year. */
  public SendOptions expiringAfter(Duration time) {
    Objects.requireNonNull(time, "time");
    return new SendOptions(metadata, finalMessage, priority, Optional.of(time));
  }

  private static void requireSensible(Duration time) {
    if (time.isNegative() || time.isZero() || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("expiry " + time + " is not positive, or above a year");
    }
  }
}
