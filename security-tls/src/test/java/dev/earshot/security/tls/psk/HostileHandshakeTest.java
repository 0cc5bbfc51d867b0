package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.security.tls.record.KeySchedule;
import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handshakes with peers, or networks, that do not play by the rules. */
class HostileHandshakeTest {
  private static final int FUZZ_ROUNDS = 3000;

  @ParameterizedTest
  @EnumSource
  void aHandshakeMayArriveByteByByte(PskSuite suite) {
    EnginePair pair = EnginePair.ofSuite(suite);
    trickle(pair.client, pair.server);

    assertThat(pair.client.finished).isEqualTo(1);
    assertThat(pair.server.finished).isEqualTo(1);
    pair.client.send(new byte[1000]);
    trickle(pair.client, pair.server);
    assertThat(pair.server.received.size()).isEqualTo(1000);
  }

  @Test
  void aHandshakeMayComeInRecordsOfOneByte() {
    EnginePair pair = EnginePair.plain();
    pair.client.begin();
    for (int flight = 0; flight < 2; flight++) {
      pair.server.arrive(shred(pair.client.takeOutput()));
      pair.client.arrive(shred(pair.server.takeOutput()));
    }

    assertThat(pair.client.finished).isEqualTo(1);
    assertThat(pair.server.finished).isEqualTo(1);
  }

  /** Every byte of every flight: whatever is changed, no connection comes of it, and none hangs. */
  @ParameterizedTest
  @EnumSource
  void aChangeOfAnyByteOfTheHandshakeIsNoticed(PskSuite suite) {
    for (int flight = 0; flight < 4; flight++) {
      int length = flights(suite, flight, -1);
      for (int at = 0; at < length; at++) {
        flights(suite, flight, at);
      }
    }
  }

  @Test
  void anEndlessHandshakeIsCutOff() {
    EngineSide server = side(Role.SERVER);
    byte[] warning = {21, 3, 3, 0, 2, 1, 90};
    EngineSide client = side(Role.CLIENT);
    client.begin();
    server.arrive(client.takeOutput());
    int sent = 0;
    while (server.thrown == null) {
      server.takeOutput();
      server.arrive(warning);
      sent += warning.length;
      assertThat(sent).isLessThan(100_000);
    }

    assertFailed(server, Reason.PROTOCOL_ERROR);
  }

  @Test
  void aMessageThatIsTooLongIsRefusedByItsHeader() {
    EngineSide server = side(Role.SERVER);
    server.arrive(new byte[] {22, 3, 1, 0, 4, 1, 0, 0x20, 1}); // 8,193 bytes to come

    assertFailed(server, Reason.PROTOCOL_ERROR);
    assertThat(server.thrown).hasMessageContaining("exceeds the maximum");
  }

  @Test
  void aRecordThatIsTooLongIsRefusedByItsHeader() {
    EngineSide server = side(Role.SERVER);
    server.arrive(new byte[] {22, 3, 1, 0x7F, 0});

    assertFailed(server, Reason.PROTOCOL_ERROR);
    assertThat(server.takeOutput()).containsExactly(21, 3, 3, 0, 2, 2, 22);
  }

  @Test
  void recordsOutOfTurnAreRefused() {
    byte[][] intruders = {
      {23, 3, 3, 0, 1, 'x'}, {20, 3, 3, 0, 1, 1}, {22, 3, 3, 0, 0}, {22, 3, 3, 0, 4, 20, 0, 0, 0}
    };
    for (byte[] intruder : intruders) {
      for (Role role : Role.values()) {
        EnginePair pair = EnginePair.plain();
        pair.client.begin();
        pair.server.arrive(pair.client.takeOutput());
        EngineSide victim = role == Role.CLIENT ? pair.client : pair.server;
        victim.takeOutput();
        victim.arrive(intruder);

        assertFailed(victim, Reason.PROTOCOL_ERROR);
      }
    }
  }

  /** RFC 8446, section 4.1.4: a client is asked for another hello once. */
  @Test
  void aServerThatAsksForAnotherHelloAgainIsRefused() {
    EngineSide client = new EngineSide(tls13().open(Role.CLIENT, "the peer"));
    client.begin();
    byte[] hello = client.takeOutput();
    int session = hello[43];
    String body =
        "0303cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
            + HexFormat.of().formatHex(hello, 43, 44 + session)
            + "130100000c002b00020304003300020017"; // TLS 1.3, and P-256 please
    int length = body.length() / 2;
    byte[] retry =
        HexFormat.of().parseHex(String.format("160303%04x02%06x%s", length + 4, length, body));

    client.arrive(retry);
    assertThat(client.thrown).isNull();
    assertThat(client.takeOutput()).as("another hello").hasSizeGreaterThan(hello.length);
    client.arrive(retry);

    assertFailed(client, Reason.PROTOCOL_ERROR);
    assertThat(client.finished).isZero();
  }

  /** RFC 8446, section 4.2.11: servers ignore the age that a client gives an external key. */
  @Test
  void theAgeOfAKeyMeansNothing() {
    EngineSide client = new EngineSide(tls13().open(Role.CLIENT, "the server"));
    EngineSide server = new EngineSide(tls13().open(Role.SERVER, "the client"));
    client.begin();
    byte[] hello = client.takeOutput();
    int binders = hello.length - 35; // lengths of two bytes and one, and a binder of 32
    hello[binders - 1] = 77;
    byte[] bound = Arrays.copyOfRange(hello, 5, binders);
    byte[] binder = KeySchedule.externalBinder(EnginePair.KEY, bound);
    System.arraycopy(binder, 0, hello, binders + 3, binder.length);

    server.arrive(hello);

    assertThat(server.thrown).isNull();
    assertThat(server.takeOutput()).startsWith(22, 3, 3);
  }

  private static PskSecurity tls13() {
    return new PskSecurity(EnginePair.anyVersion(PskSource.of(EnginePair.key("kitchen"))));
  }

  /** Trap: Bouncy Castle overwrites the key array that it is given. */
  @Test
  void aKeyWorksAgainAndAgainAndNeverBecomesZero() {
    PreSharedKey key = EnginePair.key("kitchen");
    PreSharedKey zero = PreSharedKey.of("kitchen", new byte[EnginePair.KEY.length]);
    Security.Psk security = Security.psk(key);
    for (int i = 0; i < 3; i++) {
      EnginePair good = new EnginePair(security, security).exchange();
      assertThat(good.server.finished).isEqualTo(1);
      EnginePair bad = new EnginePair(Security.psk(zero), security).exchange();
      assertFailed(bad.server, Reason.WRONG_KEY);
    }
    assertThat(key.matches(EnginePair.key("kitchen"))).isTrue();
  }

  /** Noise, and mutations of a true flight; the seed is in the message. */
  @Test
  void noBytesMakeItDoAnythingButFailOrWait() {
    fuzz(FUZZ_ROUNDS);
  }

  @Test
  @Tag("soak")
  void noBytesMakeItDoAnythingButFailOrWaitForLong() {
    fuzz(100 * FUZZ_ROUNDS);
  }

  @Test
  void aHandshakeThatIsFollowedByRubbishIsNotFinished() throws Exception {
    EnginePair pair = EnginePair.plain();
    pair.client.begin();
    pair.server.arrive(pair.client.takeOutput());
    pair.client.arrive(pair.server.takeOutput());
    ByteBuffer arrived = ByteBuffer.wrap(pair.client.takeOutput());
    ByteBuffer plain = ByteBuffer.allocate(100);
    while (arrived.hasRemaining()) {
      pair.server.engine.unwrap(arrived, plain);
    }
    ByteBuffer rubbish = ByteBuffer.wrap(new byte[] {23, 3, 3, 0, 2, 'h', 'i'});

    assertThatThrownBy(() -> pair.server.engine.unwrap(rubbish, plain))
        .isInstanceOf(SSLException.class);
    pair.server.takeOutput();
    assertThat(pair.server.finished).isZero();
  }

  private static void fuzz(int rounds) {
    long first = new Random().nextLong();
    for (int i = 0; i < rounds; i++) {
      long seed = first + i;
      Random random = new Random(seed);
      PskSuite suite = PskSuite.all().get(random.nextInt(PskSuite.all().size()));
      EnginePair pair = EnginePair.ofSuite(suite);
      pair.client.begin();
      boolean server = random.nextBoolean();
      byte[] flight = pair.client.takeOutput();
      if (!server) {
        pair.server.arrive(flight);
        flight = pair.server.takeOutput();
      }
      EngineSide victim = server ? pair.server : pair.client;
      byte[] mutated = mutate(flight, random);
      try {
        victim.arrive(mutated);
        assertThat(victim.takeOutput().length).isLessThan(2000);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
      // A client of TLS 1.3 is done after one flight, if what was changed in it has no meaning.
      if (server || !suite.isTls13()) {
        assertThat(victim.engine.getSession().getProtocol()).as("seed %d", seed).isEqualTo("NONE");
      }
      if (victim.thrown != null) {
        assertThat(victim.stream.explain(victim.thrown)).isInstanceOf(HandshakeException.class);
      }
    }
  }

  /** Runs a handshake and changes one byte of one flight; returns that flight's length. */
  private static int flights(PskSuite suite, int changed, int at) {
    EnginePair pair = EnginePair.ofSuite(suite);
    pair.client.begin();
    int length = 0;
    int silent = 0;
    for (int flight = 0; silent < 2; flight++) {
      EngineSide from = flight % 2 == 0 ? pair.client : pair.server;
      EngineSide to = flight % 2 == 0 ? pair.server : pair.client;
      byte[] bytes = from.takeOutput();
      if (flight == changed) {
        length = bytes.length;
        if (at >= 0) {
          bytes[at] ^= 1;
        }
      }
      silent = bytes.length == 0 ? silent + 1 : 0;
      if (bytes.length > 0) {
        to.arrive(bytes);
      }
    }
    boolean ended = pair.client.thrown != null || pair.server.thrown != null;
    boolean bothOpen = pair.client.finished + pair.server.finished == 2 && !ended;
    if (bothOpen) {
      // Record versions during the handshake carry no meaning (RFC 5246, E.1) and are not covered.
      boolean harmless = at < 0 || isMeaningless(suite, changed, at);
      assertThat(harmless).as("flight %d byte %d", changed, at).isTrue();
    } else {
      assertEnded(pair.client, "client, flight " + changed + " byte " + at);
      assertEnded(pair.server, "server, flight " + changed + " byte " + at);
    }
    return length;
  }

  /** It has failed by itself, or does when the other side, which has failed, goes away. */
  private static void assertEnded(EngineSide side, String what) {
    if (side.thrown == null) {
      side.end();
    }
    assertThat(side.thrown).as(what).isNotNull();
    side.takeOutput();
    assertThat(side.received.size()).as(what).isZero();
    NetworkException told = side.stream.explain(side.thrown);
    if (side.finished == 0) {
      assertThat(side.engine.isInboundDone() && side.engine.isOutboundDone()).as(what).isTrue();
      assertThat(told).as(what).isInstanceOfAny(HandshakeException.class, FramingException.class);
    }
    if (told instanceof HandshakeException failed) {
      assertThat(failed.reason()).as("%s: %s", what, failed).isNotEqualTo(Reason.OTHER);
    }
  }

  /**
   * Whether byte {@code at} of a flight is the minor version in a record's header, or in the change
   * of cipher that TLS 1.3 only has for the sake of middleboxes (RFC 8446, D.4).
   */
  private static boolean isMeaningless(PskSuite suite, int flight, int at) {
    EnginePair pair = EnginePair.ofSuite(suite);
    pair.client.begin();
    byte[] bytes = {};
    for (int i = 0; i <= flight; i++) {
      EngineSide from = i % 2 == 0 ? pair.client : pair.server;
      EngineSide to = i % 2 == 0 ? pair.server : pair.client;
      bytes = from.takeOutput();
      to.arrive(bytes);
    }
    int record = 0;
    while (record + 5 <= bytes.length) {
      boolean forShow = suite.isTls13() && bytes[record] == RecordFormat.CHANGE_CIPHER_SPEC;
      if (at == record + 2 || forShow && at >= record && at < record + 6) {
        return true;
      }
      record += 5 + ((bytes[record + 3] & 0xFF) << 8 | bytes[record + 4] & 0xFF);
    }
    return false;
  }

  private static byte[] mutate(byte[] flight, Random random) {
    byte[] bytes = flight.clone();
    int kind = random.nextInt(4);
    if (kind == 0) {
      random.nextBytes(bytes);
      bytes[0] = 22;
      bytes[1] = 3;
      return bytes;
    }
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[5 + random.nextInt(bytes.length - 5)] = (byte) random.nextInt();
    }
    if (kind == 1) { // a length that does not fit
      bytes[5 + random.nextInt(bytes.length - 5)] = (byte) 0xFF;
    }
    return kind == 2 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  /** The same handshake bytes in records with one byte each; sealed records stay whole. */
  private static byte[] shred(byte[] records) {
    ByteArrayOutputStream shreds = new ByteArrayOutputStream();
    boolean sealed = false;
    for (int at = 0; at < records.length; ) {
      int length = (records[at + 3] & 0xFF) << 8 | records[at + 4] & 0xFF;
      if (records[at] == 22 && !sealed) {
        for (int i = 0; i < length; i++) {
          shreds.writeBytes(new byte[] {22, 3, 3, 0, 1, records[at + 5 + i]});
        }
      } else {
        sealed = records[at] == 20;
        shreds.write(records, at, 5 + length);
      }
      at += 5 + length;
    }
    return shreds.toByteArray();
  }

  private static void trickle(EngineSide client, EngineSide server) {
    client.begin();
    boolean moved = true;
    while (moved) {
      moved = drip(client, server) | drip(server, client);
    }
  }

  private static boolean drip(EngineSide from, EngineSide to) {
    byte[] bytes = from.takeOutput();
    for (byte one : bytes) {
      to.arrive(new byte[] {one});
    }
    return bytes.length > 0;
  }

  private static EngineSide side(Role role) {
    return new EngineSide(
        new PskSecurity(Security.psk(EnginePair.key("kitchen"))).open(role, "the peer"));
  }

  private static void assertFailed(EngineSide side, Reason reason) {
    assertThat(((HandshakeException) side.stream.explain(side.thrown)).reason()).isEqualTo(reason);
    assertThat(side.engine.isInboundDone()).isTrue();
  }
}
