package dev.earshot.security.tls.dtls;

import dev.earshot.Payload;
import dev.earshot.security.tls.record.DatagramProtection;
import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.spi.DatagramSecurity.Doorkeeper;
import dev.earshot.spi.DatagramSecurity.Verdict;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Answers a client's first hello with a cookie, and lets in who repeats it from the same address
 * (RFC 6347, section 4.2.1): so nothing is kept of those who forge their address, and they make
 * nobody send to others more than they sent themselves.
 *
 * <p>The same for who has a flow with that address already: then the owner of the address has begun
 * anew, or somebody pretends that he has (RFC 6347, section 4.2.8). Beginnings are told apart by
 * the client's random bytes.
 *
 * <p>A cookie is an HMAC over the address and the hello. Its secret changes every half minute; the
 * one before still counts.
 */
@LoopConfined
final class CookieKeeper implements Doorkeeper {
  private static final Duration LIFE = Duration.ofSeconds(30);
  private static final String ALGORITHM = "HmacSHA256";
  private static final int SECRET_BYTES = 32;

  /** RFC 6347, section 4.2.1: no more than 3 bytes an arrived byte; this is below one. */
  private static final int AMPLIFICATION = 3;

  /** A hello whose cookie was right was preceded by as many hellos as its number says. */
  private static final int MOST_HELLOS = 4;

  private final Loop loop;
  private final SecureRandom random;

  /** Null until the first hello: who begins to listen need not wait for the JDK's providers. */
  private @Nullable Mac current;

  /** Null if there was none, or it is too old. */
  private @Nullable Mac previous;

  private long changedAt;

  CookieKeeper(Loop loop, SecureRandom random) {
    this.loop = loop;
    this.random = random;
    this.changedAt = loop.nanoTime();
  }

  @Override
  public Verdict look(InetSocketAddress source, byte[] datagram) {
    loop.assertInLoop();
    int record = RecordHeader.length(datagram, 0);
    int from = DatagramProtection.HEADER_BYTES;
    if (record < 0
        || datagram[0] != RecordFormat.HANDSHAKE
        || RecordHeader.number(datagram, 0) >>> 48 != 0
        || MessageAssembly.length(datagram, from, record) != record - from
        || datagram[from] != HandshakeMessage.CLIENT_HELLO
        || !MessageAssembly.isWhole(datagram, from)) {
      return Verdict.IGNORED;
    }
    MessageAssembly assembly = new MessageAssembly(MessageAssembly.LONGEST);
    int number = (datagram[from + 4] & 0xFF) << 8 | (datagram[from + 5] & 0xFF);
    if (number >= MOST_HELLOS) {
      return Verdict.IGNORED;
    }
    assembly.expect(number);
    assembly.take(datagram, from);
    HandshakeMessage message = assembly.poll(); // null unless it is whole: see above
    return message == null ? Verdict.IGNORED : look(source, datagram, message);
  }

  private Verdict look(InetSocketAddress source, byte[] datagram, HandshakeMessage message) {
    Hello hello;
    try {
      hello = Hello.read(message.body());
    } catch (DtlsFailure e) {
      return Verdict.IGNORED; // a stranger is not told what is wrong
    }
    Mac newest = newestSecret();
    Mac older = previous;
    if (hello.cookie().length > 0
        && (isCookie(newest, source, hello) || older != null && isCookie(older, source, hello))) {
      return Verdict.admitted(Payload.wrap(hello.random()));
    }
    byte[] body =
        new MessageWriter()
            .number2(Hello.VERSION_1_0) // RFC 6347, section 4.2.1: whatever is agreed on later
            .vector1(cookie(newest, source, hello))
            .done();
    byte[] answer =
        record(
            new HandshakeMessage(HandshakeMessage.HELLO_VERIFY_REQUEST, message.number(), body),
            RecordHeader.number(datagram, 0));
    return answer.length > AMPLIFICATION * datagram.length
        ? Verdict.IGNORED
        : Verdict.answered(Payload.wrap(answer));
  }

  private static byte[] record(HandshakeMessage message, long number) {
    byte[] whole = message.whole();
    byte[] record = new byte[DatagramProtection.HEADER_BYTES + whole.length];
    // RFC 6347, section 4.2.1: the record number of the hello, since none is kept here.
    DatagramProtection.putHeader(record, 0, RecordFormat.HANDSHAKE, number, whole.length);
    record[2] = (byte) Hello.VERSION_1_0;
    System.arraycopy(whole, 0, record, DatagramProtection.HEADER_BYTES, whole.length);
    return record;
  }

  private static boolean isCookie(Mac secret, InetSocketAddress source, Hello hello) {
    return MessageDigest.isEqual(cookie(secret, source, hello), hello.cookie());
  }

  private static byte[] cookie(Mac secret, InetSocketAddress source, Hello hello) {
    secret.update(source.getAddress().getAddress());
    secret.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, source.getPort()));
    secret.update(hello.random());
    hello.suites().forEach(code -> secret.update((byte) (code >>> 8)));
    hello.suites().forEach(code -> secret.update(code.byteValue()));
    return secret.doFinal();
  }

  private Mac newestSecret() {
    long now = loop.nanoTime();
    Mac newest = current;
    if (newest == null || now - changedAt >= LIFE.toNanos()) {
      // After a long pause the one before is as old, and must not count either.
      previous = now - changedAt >= 2 * LIFE.toNanos() ? null : newest;
      newest = newMac();
      current = newest;
      changedAt = now;
    }
    return newest;
  }

  private Mac newMac() {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
