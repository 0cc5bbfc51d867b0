package dev.earshot.security.tls.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.earshot.FramingException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our EC-JPAKE against the numbers that the Thread specification gives, and against itself. */
class JpakeTest {
  private static final byte[] PASSWORD = "threadjpaketest".getBytes(StandardCharsets.US_ASCII);
  private static final BigInteger ANY = BigInteger.valueOf(4711);

  private final Vectors thread = Vectors.resource("thread-ecjpake.txt");
  private final Supplier<BigInteger> random = Code.scalars(new SecureRandom());

  private static Share share(ByteBuffer from) {
    byte[] point = new byte[from.get()];
    from.get(point);
    byte[] commitment = new byte[from.get()];
    from.get(commitment);
    byte[] response = new byte[from.get()];
    from.get(response);
    return Share.of(point, commitment, response);
  }

  private Jpake side(Side side, String one, String two) {
    List<BigInteger> numbers = List.of(thread.number(one), thread.number(two), ANY, ANY, ANY);
    return new Jpake(side, PASSWORD, Vectors.giving(numbers));
  }

  @Test
  void theClientOfThePublishedExchangeComesToThePublishedSecret() throws Exception {
    Jpake client = side(Side.ENTERING, "x1", "x2");
    ByteBuffer one = ByteBuffer.wrap(thread.bytes("server-one"));
    client.peerShares(share(one), share(one));
    ByteBuffer two = ByteBuffer.wrap(thread.bytes("server-two")).position(3); // the curve's name
    ByteBuffer published = ByteBuffer.wrap(thread.bytes("client-two"));
    assertThat(client.third().point()).isEqualTo(share(published).point());
    assertThat(client.secret(share(two))).isEqualTo(thread.bytes("secret"));
  }

  @Test
  void theServerOfThePublishedExchangeComesToThePublishedSecret() throws Exception {
    Jpake server = side(Side.SHOWING, "x3", "x4");
    ByteBuffer one = ByteBuffer.wrap(thread.bytes("client-one"));
    server.peerShares(share(one), share(one));
    ByteBuffer two = ByteBuffer.wrap(thread.bytes("client-two"));
    ByteBuffer published = ByteBuffer.wrap(thread.bytes("server-two")).position(3);
    assertThat(server.third().point()).isEqualTo(share(published).point());
    assertThat(server.secret(share(two))).isEqualTo(thread.bytes("secret"));
  }

  private byte[][] secrets(byte[] shown, byte[] typed) throws FramingException {
    Jpake server = new Jpake(Side.SHOWING, shown, random);
    Jpake client = new Jpake(Side.ENTERING, typed, random);
    server.peerShares(client.first(), client.second());
    client.peerShares(server.first(), server.second());
    Share fromServer = server.third();
    Share fromClient = client.third();
    return new byte[][] {server.secret(fromClient), client.secret(fromServer)};
  }

  @Test
  void sameCodesGiveSameSecretsAndEachTimeOthers() throws Exception {
    byte[][] once = secrets(PASSWORD, PASSWORD);
    byte[][] again = secrets(PASSWORD, PASSWORD);
    assertThat(once[0]).isEqualTo(once[1]).isNotEqualTo(again[0]);
    assertThat(again[0]).isEqualTo(again[1]);
  }

  @Test
  void otherCodesGiveOtherSecrets() throws Exception {
    byte[][] secrets = secrets(PASSWORD, "threadjpaketesu".getBytes(StandardCharsets.US_ASCII));
    assertThat(secrets[0]).isNotEqualTo(secrets[1]);
  }

  @Test
  void whatOneSentCannotBeSentBackToIt() {
    Jpake server = new Jpake(Side.SHOWING, PASSWORD, random);
    assertThatExceptionOfType(FramingException.class)
        .isThrownBy(() -> server.peerShares(server.first(), server.second()))
        .withMessageContaining("proof");
  }

  @Test
  void aBitChangedAnywhereInAShareIsNoticed() {
    Jpake client = new Jpake(Side.ENTERING, PASSWORD, random);
    Jpake server = new Jpake(Side.SHOWING, PASSWORD, random);
    for (int i = 0; i < Share.BYTES; i++) {
      byte[] changed = client.first().bytes().toByteArray();
      changed[i] ^= 1;
      Share share = new Share(dev.earshot.Payload.wrap(changed));
      assertThatExceptionOfType(FramingException.class)
          .as("byte %d", i)
          .isThrownBy(() -> server.peerShares(share, client.second()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // The point at infinity, in its own form and filled up.
        "00",
        "0000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "000000000000000000000000000000000000000000000000",
        // No point: x and y are zero; the generator with another y; x is the field's size.
        "0400000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "000000000000000000000000000000000000000000000000",
        "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B"
            + "8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F6",
        "04FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF4FE342E2FE1A7F9B"
            + "8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
        // The generator in forms that are not used here: hybrid, compressed.
        "076B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A7F9B"
            + "8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
        "036B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
      })
  void whatIsNoPointOfTheCurveIsRefused(String point) {
    assertThatExceptionOfType(FramingException.class)
        .isThrownBy(() -> P256.point(HexFormat.of().parseHex(point)));
  }

  @Test
  void aShareOfZerosIsRefused() {
    Jpake client = new Jpake(Side.ENTERING, PASSWORD, random);
    Share zeros = new Share(dev.earshot.Payload.wrap(new byte[Share.BYTES]));
    assertThatExceptionOfType(FramingException.class)
        .isThrownBy(() -> client.peerShares(zeros, zeros));
  }

  @Test
  void scalarsBeyondTheOrderAreRefused() {
    assertThatExceptionOfType(FramingException.class)
        .isThrownBy(() -> P256.scalar(P256.encode(P256.ORDER)));
  }
}
