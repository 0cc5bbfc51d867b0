package dev.earshot.session.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.session.PeerId;
import dev.earshot.session.ResourceException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published vectors of the protocol, byte for byte. */
class VectorsTest {
  private static final int MAXIMUM = 1 << 20;
  private static final Payload TOKEN = numbers(0, 16);

  private static final Map<String, Body> MEANT =
      Map.ofEntries(
          Map.entry(
              "hello",
              new Body.Hello(
                  PeerId.parse("00112233-4455-6677-8899-AABBCCDDEEFF"),
                  "Ada",
                  new Versions(1, 1),
                  Set.of("resources"),
                  0x0102030405060708L,
                  16 << 20)),
          Map.entry("welcome", new Body.Welcome()),
          Map.entry("goodbye", new Body.Goodbye(Farewell.DUPLICATE, "another connection")),
          Map.entry("distrust", new Body.Goodbye(Farewell.NOT_TRUSTED, "who are you")),
          Map.entry("notYourId", new Body.Goodbye(Farewell.NOT_YOUR_ID, "")),
          Map.entry("ping", new Body.Ping(0x1122334455667788L)),
          Map.entry("pong", new Body.Pong(0x1122334455667788L)),
          Map.entry("stream", new Body.OpenStream(2, TOKEN, numbers(16, 32), 1)),
          Map.entry("clearStream", new Body.OpenStream(2, TOKEN, Payload.empty(), 1)),
          Map.entry(
              "offer",
              new Body.ResourceOffer(
                  1,
                  "photo.jpg",
                  OptionalLong.of(2_000_000),
                  "image/jpeg",
                  OptionalLong.of(1_700_000_000_000L),
                  Optional.empty())),
          Map.entry(
              "bareOffer",
              new Body.ResourceOffer(
                  3, "x", OptionalLong.empty(), "", OptionalLong.empty(), Optional.empty())),
          Map.entry("accept", new Body.ResourceAccept(1, 0)),
          Map.entry("decline", new Body.ResourceDecline(1, Code.NO_SPACE, "full")),
          Map.entry("done", Body.ResourceStatus.done(1, 3, sha256("abc"))),
          Map.entry("failed", Body.ResourceStatus.failed(1, Code.CANCELLED, "given up")),
          Map.entry("message", new Body.Message(Payload.utf8("hello"))),
          Map.entry("empty", new Body.Message(Payload.empty())));

  /**
   * One line of the file.
   *
   * @param kind its first word
   * @param name what it says; empty where it says nothing
   * @param bytes the envelope
   */
  record Vector(String kind, String name, Payload bytes) {}

  static List<Vector> vectors() throws IOException {
    List<Vector> vectors = new ArrayList<>();
    try (InputStream in = VectorsTest.class.getResourceAsStream("/earshot/v1/vectors.txt")) {
      byte[] all = Objects.requireNonNull(in, "vectors.txt").readAllBytes();
      for (String line : new String(all, StandardCharsets.UTF_8).split("\n")) {
        if (!line.isBlank() && !line.startsWith("#")) {
          vectors.add(vector(line));
        }
      }
    }
    return vectors;
  }

  private static Vector vector(String line) {
    List<String> words = List.of(line.split(" "));
    boolean named = List.of("write", "read", "key").contains(words.get(0));
    int from = named ? 2 : 1;
    String hex = String.join("", words.subList(from, words.size()));
    return new Vector(
        words.get(0), named ? words.get(1) : "", Payload.wrap(HexFormat.of().parseHex(hex)));
  }

  static Stream<Vector> ofKind(String... kinds) throws IOException {
    return vectors().stream().filter(vector -> List.of(kinds).contains(vector.kind()));
  }

  static Stream<Vector> written() throws IOException {
    return ofKind("write");
  }

  static Stream<Vector> readable() throws IOException {
    return ofKind("write", "read");
  }

  static Stream<Vector> ignored() throws IOException {
    return ofKind("ignore");
  }

  static Stream<Vector> refused() throws IOException {
    return ofKind("refuse");
  }

  @Test
  void everyBodyHasAVector() throws IOException {
    Set<String> names = written().map(Vector::name).collect(Collectors.toSet());
    assertThat(names).isEqualTo(MEANT.keySet());
    Set<Class<?>> bodies = MEANT.values().stream().map(Body::getClass).collect(Collectors.toSet());
    assertThat(bodies).hasSize(Body.class.getPermittedSubclasses().length - 1);
  }

  @ParameterizedTest
  @MethodSource("written")
  void isWrittenSo(Vector vector) {
    Payload bytes = EnvelopeWriter.write(MEANT.get(vector.name()));
    assertThat(HexFormat.of().formatHex(bytes.toByteArray()))
        .isEqualTo(HexFormat.of().formatHex(vector.bytes().toByteArray()));
  }

  @ParameterizedTest
  @MethodSource("readable")
  void isReadSo(Vector vector) throws FramingException {
    assertThat(EnvelopeReader.read(vector.bytes(), MAXIMUM)).isEqualTo(MEANT.get(vector.name()));
  }

  static Stream<Vector> keys() throws IOException {
    return ofKind("key");
  }

  @ParameterizedTest
  @MethodSource("keys")
  void idsBelongToKeysSo(Vector vector) throws GeneralSecurityException {
    PublicKey key =
        KeyFactory.getInstance("EC")
            .generatePublic(new X509EncodedKeySpec(vector.bytes().toByteArray()));
    assertThat(PeerId.ofKey(key)).hasToString(vector.name());
    assertThat(PeerId.ofKey(key).toUuid().version()).isEqualTo(8);
    assertThat(PeerId.ofKey(key).toUuid().variant()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("ignored")
  void isIgnored(Vector vector) throws FramingException {
    assertThat(EnvelopeReader.read(vector.bytes(), MAXIMUM)).isEqualTo(new Body.Unknown());
  }

  @ParameterizedTest
  @MethodSource("refused")
  void isRefused(Vector vector) {
    assertThatThrownBy(() -> EnvelopeReader.read(vector.bytes(), MAXIMUM))
        .isInstanceOf(FramingException.class);
  }

  private static Payload numbers(int from, int count) {
    byte[] bytes = new byte[count];
    IntStream.range(0, count).forEach(i -> bytes[i] = (byte) (from + i));
    return Payload.wrap(bytes);
  }

  private static Payload sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return Payload.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
