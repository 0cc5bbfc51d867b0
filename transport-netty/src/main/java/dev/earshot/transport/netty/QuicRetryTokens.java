package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes whoever wants to connect prove first that it is where it says (RFC 9000, section 8.1.2):
 * nothing is kept of a stranger until it sends back a token that was sent to its address.
 */
@LoopConfined
final class QuicRetryTokens implements QuicTokenHandler {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int MAC_BYTES = 16;
  private static final int TIME_BYTES = 8;
  private static final int LONGEST_ID = 20;
  private static final long LIFE_NANOS = Duration.ofSeconds(10).toNanos();

  private final Mac mac;
  private final LongSupplier nanoTime;
  private final BooleanSupplier open;

  /** Tokens that are believed while {@code open} says so. */
  QuicRetryTokens(LongSupplier nanoTime, BooleanSupplier open) {
    this.nanoTime = nanoTime;
    this.open = open;
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a JDK without " + ALGORITHM, e);
    }
  }

  @Override
  public boolean writeToken(ByteBuf out, ByteBuf destination, InetSocketAddress address) {
    byte[] id = bytes(destination);
    long now = nanoTime.getAsLong();
    out.writeBytes(sign(now, id, address)).writeLong(now).writeBytes(id);
    return true;
  }

  @Override
  public TokenValidationResult validateToken(
      ByteBuf token, InetSocketAddress address, ByteBuf destination) {
    int idLength = token.readableBytes() - MAC_BYTES - TIME_BYTES;
    if (!open.getAsBoolean() || idLength < 0 || idLength > LONGEST_ID) {
      return TokenValidationResult.invalidToken();
    }
    byte[] signature = new byte[MAC_BYTES];
    token.readBytes(signature);
    long issued = token.readLong();
    byte[] id = bytes(token);
    long age = nanoTime.getAsLong() - issued;
    boolean genuine = MessageDigest.isEqual(signature, sign(issued, id, address));
    return genuine && age >= 0 && age <= LIFE_NANOS
        ? TokenValidationResult.odcidFromToken(MAC_BYTES + TIME_BYTES)
        : TokenValidationResult.invalidToken();
  }

  /** Not called: the other one decides. */
  @Override
  public int validateToken(ByteBuf token, InetSocketAddress address) {
    return -1;
  }

  @Override
  public int maxTokenLength() {
    return MAC_BYTES + TIME_BYTES + LONGEST_ID;
  }

  private byte[] sign(long time, byte[] id, InetSocketAddress address) {
    byte[] host = address.getAddress().getAddress();
    ByteBuffer signed =
        ByteBuffer.allocate(TIME_BYTES + Integer.BYTES + host.length + id.length)
            .putLong(time)
            .putInt(address.getPort())
            .put(host)
            .put(id);
    return Arrays.copyOf(mac.doFinal(signed.array()), MAC_BYTES);
  }

  private static byte[] bytes(ByteBuf from) {
    byte[] bytes = new byte[from.readableBytes()];
    from.getBytes(from.readerIndex(), bytes);
    return bytes;
  }
}
