package dev.earshot.session.internal.wire;

import com.google.protobuf.ByteString;
import dev.earshot.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Writes envelopes; the content of a message is copied once. No state; for several threads. */
public final class EnvelopeWriter {
  /** The number of the body that carries a user's message. */
  static final int MESSAGE = 15;

  /** The number of a message's content. */
  static final int CONTENT = 15;

  private static final byte MESSAGE_TAG = MESSAGE << 3 | FieldCursor.LENGTH_DELIMITED;
  private static final byte CONTENT_TAG = CONTENT << 3 | FieldCursor.LENGTH_DELIMITED;

  private EnvelopeWriter() {}

  /** An envelope with {@code body}. */
  public static Payload write(Body body) {
    if (body instanceof Body.Message message) {
      return message(message.content());
    }
    Wire.Envelope.Builder envelope = Wire.Envelope.newBuilder();
    if (!writeHandshake(body, envelope)) {
      writeTransfer(body, envelope);
    }
    return Payload.wrap(envelope.build().toByteArray());
  }

  /** An envelope with a message of {@code content}. */
  public static Payload message(Payload content) {
    int length = content.length();
    int body = length == 0 ? 0 : 1 + varintLength(length) + length; // proto3 omits what is empty
    byte[] envelope = new byte[1 + varintLength(body) + body];
    envelope[0] = MESSAGE_TAG;
    int at = putVarint(envelope, 1, body);
    if (length > 0) {
      envelope[at] = CONTENT_TAG;
      at = putVarint(envelope, at + 1, length);
      content.copyTo(0, envelope, at, length);
    }
    return Payload.wrap(envelope);
  }

  private static boolean writeHandshake(Body body, Wire.Envelope.Builder envelope) {
    if (body instanceof Body.Hello hello) {
      envelope.setHello(hello(hello));
    } else if (body instanceof Body.Welcome) {
      envelope.setWelcome(Wire.Welcome.getDefaultInstance());
    } else if (body instanceof Body.Goodbye goodbye) {
      envelope.setGoodbye(
          Wire.Goodbye.newBuilder()
              .setCodeValue(goodbye.code().number())
              .setText(shortened(goodbye.text())));
    } else if (body instanceof Body.Ping ping) {
      envelope.setPing(Wire.Ping.newBuilder().setNonce(ping.nonce()));
    } else if (body instanceof Body.Pong pong) {
      envelope.setPong(Wire.Pong.newBuilder().setNonce(pong.nonce()));
    } else {
      return false;
    }
    return true;
  }

  private static void writeTransfer(Body body, Wire.Envelope.Builder envelope) {
    if (body instanceof Body.OpenStream open) {
      envelope.setOpenStream(
          Wire.OpenStream.newBuilder()
              .setId(open.id())
              .setToken(bytes(open.token()))
              .setSecret(bytes(open.secret()))
              .setResource(open.resource()));
    } else if (body instanceof Body.ResourceOffer offer) {
      envelope.setResourceOffer(offer(offer));
    } else if (body instanceof Body.ResourceAccept accept) {
      envelope.setResourceAccept(
          Wire.ResourceAccept.newBuilder().setId(accept.id()).setOffset(accept.offset()));
    } else if (body instanceof Body.ResourceDecline decline) {
      envelope.setResourceDecline(
          Wire.ResourceDecline.newBuilder()
              .setId(decline.id())
              .setCodeValue(ResourceCodes.number(decline.code()))
              .setText(shortened(decline.text())));
    } else if (body instanceof Body.ResourceStatus status) {
      envelope.setResourceStatus(status(status));
    } else {
      throw new IllegalArgumentException("cannot write " + body);
    }
  }

  private static Wire.Hello hello(Body.Hello hello) {
    return Wire.Hello.newBuilder()
        .setPeerId(bytes(hello.id().toPayload()))
        .setDisplayName(hello.name())
        .setMinimumVersion(hello.versions().minimum())
        .setMaximumVersion(hello.versions().maximum())
        .addAllFeatures(hello.features().stream().sorted().toList())
        .setIncarnation(hello.incarnation())
        .setMaximumMessageSize(hello.maximumMessage())
        .build();
  }

  private static Wire.ResourceOffer offer(Body.ResourceOffer offer) {
    Wire.ResourceOffer.Builder builder =
        Wire.ResourceOffer.newBuilder()
            .setId(offer.id())
            .setName(offer.name())
            .setMediaType(offer.mediaType())
            .setSha256(bytes(offer.sha256()));
    offer.size().ifPresent(builder::setSize);
    offer.modifiedMillis().ifPresent(builder::setModifiedMillis);
    return builder.build();
  }

  private static Wire.ResourceStatus status(Body.ResourceStatus status) {
    return Wire.ResourceStatus.newBuilder()
        .setId(status.id())
        .setCodeValue(status.failure().map(ResourceCodes::number).orElse(0))
        .setText(shortened(status.text()))
        .setSize(status.size())
        .setSha256(bytes(status.sha256()))
        .build();
  }

  private static ByteString bytes(Payload payload) {
    return ByteString.copyFrom(payload.asByteBuffer());
  }

  private static ByteString bytes(Optional<Payload> payload) {
    return payload.map(EnvelopeWriter::bytes).orElse(ByteString.EMPTY);
  }

  /** Text for people, cut to what the other side reads. */
  private static String shortened(String text) {
    String cut = text.substring(0, Math.min(text.length(), Limits.TEXT));
    while (cut.getBytes(StandardCharsets.UTF_8).length > Limits.TEXT) {
      cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
    }
    return cut;
  }

  private static int varintLength(int value) {
    return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }

  private static int putVarint(byte[] target, int from, int value) {
    int at = from;
    int rest = value;
    while (rest > 0x7F) {
      target[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[at++] = (byte) rest;
    return at;
  }
}
