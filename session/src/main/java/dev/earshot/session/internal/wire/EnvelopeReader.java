package dev.earshot.session.internal.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.ResourceException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads envelopes. What it returns is within the limits; anything else is a {@link
 * FramingException}.
 *
 * <p>The content of a message is a part of the envelope, not a copy. Lengths are checked before
 * anything is parsed or allocated. No state; safe for several threads.
 */
public final class EnvelopeReader {
  private static final int HELLO = 1;
  private static final int WELCOME = 2;
  private static final int GOODBYE = 3;
  private static final int PING = 4;
  private static final int PONG = 5;
  private static final int OPEN_STREAM = 6;
  private static final int RESOURCE_OFFER = 8;
  private static final int RESOURCE_ACCEPT = 9;
  private static final int RESOURCE_DECLINE = 10;
  private static final int RESOURCE_STATUS = 11;
  private static final Set<Integer> CONTROL =
      Set.of(
          HELLO,
          WELCOME,
          GOODBYE,
          PING,
          PONG,
          OPEN_STREAM,
          RESOURCE_OFFER,
          RESOURCE_ACCEPT,
          RESOURCE_DECLINE,
          RESOURCE_STATUS);
  private static final Body WELCOMED = new Body.Welcome();
  private static final Body UNKNOWN = new Body.Unknown();

  private EnvelopeReader() {}

  /** What {@code envelope} says, where a message may have {@code maximumMessage} bytes. */
  public static Body read(Payload envelope, int maximumMessage) throws FramingException {
    if (envelope.length() > (long) maximumMessage + Limits.ENVELOPE_OVERHEAD) {
      throw new FramingException(
          "envelope of " + envelope.length() + " bytes, limit for a message " + maximumMessage);
    }
    int field = 0;
    Payload body = Payload.empty();
    FieldCursor cursor = new FieldCursor(envelope);
    while (cursor.next()) {
      boolean known = cursor.field() == EnvelopeWriter.MESSAGE || CONTROL.contains(cursor.field());
      if (known && cursor.isLengthDelimited()) { // of several bodies the last counts, as in oneof
        field = cursor.field();
        body = cursor.value();
      }
    }
    if (field == EnvelopeWriter.MESSAGE) {
      return message(body, maximumMessage);
    }
    if (body.length() > Limits.CONTROL_BODY) {
      throw new FramingException(
          "body " + field + " of " + body.length() + " bytes, limit " + Limits.CONTROL_BODY);
    }
    try {
      return control(field, body);
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new FramingException("body " + field + " of an envelope: " + e.getMessage(), e);
    }
  }

  private static Body message(Payload body, int maximumMessage) throws FramingException {
    Payload content = Payload.empty();
    FieldCursor cursor = new FieldCursor(body);
    while (cursor.next()) {
      if (cursor.field() == EnvelopeWriter.CONTENT && cursor.isLengthDelimited()) {
        content = cursor.value();
      }
    }
    if (content.length() > maximumMessage) {
      throw new FramingException(
          "message of " + content.length() + " bytes, limit " + maximumMessage);
    }
    return new Body.Message(content);
  }

  private static Body control(int field, Payload body)
      throws InvalidProtocolBufferException, FramingException {
    return switch (field) {
      case HELLO -> hello(Wire.Hello.parseFrom(body.asByteBuffer()));
      case WELCOME -> WELCOMED;
      case GOODBYE -> goodbye(Wire.Goodbye.parseFrom(body.asByteBuffer()));
      case PING -> new Body.Ping(Wire.Ping.parseFrom(body.asByteBuffer()).getNonce());
      case PONG -> new Body.Pong(Wire.Pong.parseFrom(body.asByteBuffer()).getNonce());
      case OPEN_STREAM -> openStream(Wire.OpenStream.parseFrom(body.asByteBuffer()));
      case RESOURCE_OFFER -> offer(Wire.ResourceOffer.parseFrom(body.asByteBuffer()));
      case RESOURCE_ACCEPT -> accept(Wire.ResourceAccept.parseFrom(body.asByteBuffer()));
      case RESOURCE_DECLINE -> decline(Wire.ResourceDecline.parseFrom(body.asByteBuffer()));
      case RESOURCE_STATUS -> status(Wire.ResourceStatus.parseFrom(body.asByteBuffer()));
      default -> UNKNOWN;
    };
  }

  private static Body hello(Wire.Hello hello) throws FramingException {
    String name = within("display name", hello.getDisplayName(), Peer.MAXIMUM_NAME_BYTES);
    if (name.isEmpty()) {
      throw new FramingException("display name of 0 bytes");
    }
    long maximum = hello.getMaximumMessageSize();
    boolean unstated = maximum == 0;
    return new Body.Hello(
        PeerId.of(payload(hello.getPeerId())),
        name,
        new Versions(hello.getMinimumVersion(), hello.getMaximumVersion()),
        features(hello.getFeaturesList()),
        hello.getIncarnation(),
        unstated
            ? Limits.DEFAULT_MESSAGE
            : maximum < 0 || maximum > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) maximum);
  }

  private static Set<String> features(List<String> names) throws FramingException {
    if (names.size() > Limits.FEATURES) {
      throw new FramingException(names.size() + " features, limit " + Limits.FEATURES);
    }
    Set<String> features = new LinkedHashSet<>();
    for (String name : names) {
      features.add(within("feature", name, Limits.FEATURE));
    }
    return features;
  }

  private static Body goodbye(Wire.Goodbye goodbye) throws FramingException {
    return new Body.Goodbye(
        Farewell.of(goodbye.getCodeValue()), within("text", goodbye.getText(), Limits.TEXT));
  }

  private static Body openStream(Wire.OpenStream open) throws FramingException {
    if (open.getPurposeCase() != Wire.OpenStream.PurposeCase.RESOURCE) {
      return UNKNOWN; // a purpose of a later version: nobody dials, and the offer lapses
    }
    Payload secret = payload(open.getSecret());
    return new Body.OpenStream(
        open.getId(),
        exactly("token", payload(open.getToken()), Limits.TOKEN),
        secret.isEmpty() ? secret : exactly("secret", secret, Limits.SECRET),
        open.getResource());
  }

  private static Body offer(Wire.ResourceOffer offer) throws FramingException {
    if (offer.hasSize() && offer.getSize() < 0) {
      throw new FramingException("resource of " + offer.getSize() + " bytes");
    }
    return new Body.ResourceOffer(
        offer.getId(),
        within("name of a resource", offer.getName(), Limits.RESOURCE_NAME),
        offer.hasSize() ? OptionalLong.of(offer.getSize()) : OptionalLong.empty(),
        within("media type", offer.getMediaType(), Limits.MEDIA_TYPE),
        offer.hasModifiedMillis()
            ? OptionalLong.of(offer.getModifiedMillis())
            : OptionalLong.empty(),
        digest(offer.getSha256()));
  }

  private static Body accept(Wire.ResourceAccept accept) throws FramingException {
    if (accept.getOffset() < 0) {
      throw new FramingException("offset " + accept.getOffset());
    }
    return new Body.ResourceAccept(accept.getId(), accept.getOffset());
  }

  private static Body decline(Wire.ResourceDecline decline) throws FramingException {
    return new Body.ResourceDecline(
        decline.getId(),
        ResourceCodes.of(decline.getCodeValue()).orElse(ResourceException.Code.DECLINED),
        within("text", decline.getText(), Limits.TEXT));
  }

  private static Body status(Wire.ResourceStatus status) throws FramingException {
    Optional<ResourceException.Code> failure = ResourceCodes.of(status.getCodeValue());
    Optional<Payload> digest = digest(status.getSha256());
    if (status.getSize() < 0 || failure.isEmpty() && digest.isEmpty()) {
      throw new FramingException("a resource ended well, without its size or digest");
    }
    return new Body.ResourceStatus(
        status.getId(),
        failure,
        within("text", status.getText(), Limits.TEXT),
        status.getSize(),
        digest);
  }

  private static Optional<Payload> digest(ByteString bytes) throws FramingException {
    return bytes.isEmpty()
        ? Optional.empty()
        : Optional.of(exactly("digest", payload(bytes), Limits.SHA256));
  }

  private static Payload exactly(String what, Payload bytes, int length) throws FramingException {
    if (bytes.length() != length) {
      throw new FramingException(what + " of " + bytes.length() + " bytes, not " + length);
    }
    return bytes;
  }

  private static String within(String what, String text, int limit) throws FramingException {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > limit) {
      throw new FramingException(what + " of " + bytes + " bytes, limit " + limit);
    }
    return text;
  }

  private static Payload payload(ByteString bytes) {
    return Payload.wrap(bytes.toByteArray());
  }
}
