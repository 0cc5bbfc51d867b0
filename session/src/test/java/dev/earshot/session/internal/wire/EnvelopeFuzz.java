package dev.earshot.session.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.session.PeerId;
import dev.earshot.session.ResourceException;
import dev.earshot.testing.Amplification;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Envelopes, from anybody: within the limits or refused, the same when written and read again, and
 * never read where Protocol Buffers' own parser finds nothing, or something else.
 */
public final class EnvelopeFuzz {
  private static final int MAXIMUM = 2_000;
  private static final int FACTOR = 200; // a feature of two bytes is a string in a set
  private static final int BASE = 1 << 20;

  private EnvelopeFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Amplification.bounded(input.length, FACTOR, BASE, () -> read(input));
    Optional<Body> body = read(input);
    if (body.isPresent()) {
      within(body.get(), input.length);
      again(body.get());
      compare(body.get(), input);
    }
  }

  private static Optional<Body> read(byte[] input) {
    try {
      return Optional.of(EnvelopeReader.read(Payload.copyOf(input), MAXIMUM));
    } catch (FramingException refused) {
      assertThat(refused.getMessage()).isNotBlank().hasSizeLessThan(500);
      return Optional.empty();
    }
  }

  private static void within(Body body, int length) {
    if (body instanceof Body.Hello hello) {
      assertThat(hello.features()).hasSizeLessThanOrEqualTo(Limits.FEATURES);
      assertThat(hello.name()).isNotEmpty().hasSizeLessThanOrEqualTo(63);
      assertThat(hello.maximumMessage()).isPositive();
    } else if (body instanceof Body.Message message) {
      assertThat(message.content().length()).isLessThan(length).isLessThanOrEqualTo(MAXIMUM);
    } else if (body instanceof Body.ResourceOffer offer) {
      assertThat(offer.size().orElse(0)).isNotNegative();
    } else if (body instanceof Body.OpenStream open) {
      assertThat(open.token().length()).isEqualTo(Limits.TOKEN);
    }
  }

  private static void again(Body body) throws FramingException {
    if (!(body instanceof Body.Unknown)) {
      assertThat(EnvelopeReader.read(EnvelopeWriter.write(body), MAXIMUM)).isEqualTo(body);
    }
  }

  /** What both parsers can read must be of the same kind. */
  private static void compare(Body body, byte[] input) {
    Wire.Envelope envelope;
    try {
      envelope = Wire.Envelope.parseFrom(input);
    } catch (InvalidProtocolBufferException e) {
      // It also parses the bodies that a later one replaces, which ours does not look into.
      return;
    }
    if (body instanceof Body.Message message) {
      assertThat(envelope.getBodyCase()).isEqualTo(Wire.Envelope.BodyCase.MESSAGE);
      // Several bodies of one kind are merged by it, and the last content counts in either case.
      byte[] content = envelope.getMessage().getContent().toByteArray();
      if (!message.content().isEmpty()) {
        assertThat(message.content().toByteArray()).isEqualTo(content);
      }
    } else if (body instanceof Body.Ping) {
      assertThat(envelope.getBodyCase()).isEqualTo(Wire.Envelope.BodyCase.PING);
    } else if (body instanceof Body.Hello) {
      assertThat(envelope.getBodyCase()).isEqualTo(Wire.Envelope.BodyCase.HELLO);
    } else if (body instanceof Body.ResourceOffer offer) {
      assertThat(envelope.getBodyCase()).isEqualTo(Wire.Envelope.BodyCase.RESOURCE_OFFER);
      assertThat(offer.name()).isNotNull();
    } else if (body instanceof Body.Unknown
        && envelope.getBodyCase() != Wire.Envelope.BodyCase.OPEN_STREAM) {
      assertThat(envelope.getBodyCase()).isEqualTo(Wire.Envelope.BodyCase.BODY_NOT_SET);
    }
  }

  /** One of each kind, and some that are none. */
  public static List<byte[]> seeds() {
    Payload token = Payload.wrap(new byte[16]);
    Payload digest = Payload.wrap(new byte[32]);
    List<Body> bodies =
        List.of(
            new Body.Hello(
                PeerId.parse("00112233-4455-6677-8899-AABBCCDDEEFF"),
                "Ada",
                new Versions(1, 3),
                Set.of("resources", "x"),
                -5,
                1_000),
            new Body.Welcome(),
            new Body.Goodbye(Farewell.DUPLICATE, "another connection"),
            new Body.Ping(0x1122334455667788L),
            new Body.Pong(1),
            new Body.OpenStream(2, token, digest, 1),
            new Body.OpenStream(2, token, Payload.empty(), 1),
            new Body.ResourceOffer(
                1,
                "photo.jpg",
                OptionalLong.of(2_000_000),
                "image/jpeg",
                OptionalLong.of(1_700_000_000_000L),
                Optional.of(digest)),
            new Body.ResourceAccept(1, 0),
            new Body.ResourceDecline(1, ResourceException.Code.NO_SPACE, "full"),
            Body.ResourceStatus.done(1, 3, digest),
            Body.ResourceStatus.failed(1, ResourceException.Code.CANCELLED, "given up"),
            new Body.Message(Payload.utf8("hello")));
    List<byte[]> seeds = new ArrayList<>();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Body body : bodies) {
      byte[] bytes = EnvelopeWriter.write(body).toByteArray();
      seeds.add(bytes);
      all.writeBytes(bytes);
    }
    seeds.add(all.toByteArray());
    seeds.add(unknown());
    return seeds;
  }

  /** Fields of a later version, of every wire type. */
  private static byte[] unknown() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeUInt64(100, -1);
      out.writeFixed64(101, 1);
      out.writeFixed32(1, 1);
      out.writeString(7, "later");
      out.writeTag(102, WireFormat.WIRETYPE_START_GROUP);
      out.writeTag(102, WireFormat.WIRETYPE_END_GROUP);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }
}
