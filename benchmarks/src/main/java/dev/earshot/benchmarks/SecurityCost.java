package dev.earshot.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.TlsVersion;
import dev.earshot.security.tls.record.RecordCrypto;
import dev.earshot.spi.SecurityProvider;
import dev.earshot.spi.StreamSecurity;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.PSKTlsClient;
import org.bouncycastle.tls.TlsClientProtocol;

/**
 * What protection costs by itself, without sockets, on one thread: records of 16 KiB beside the
 * JDK's bare cipher, bytes allocated for each, the ways to use that cipher, and handshakes, both
 * sides. Run by {@code benchmarks/security-cost}.
 */
public final class SecurityCost {
  private static final int CONTENT = 1 << 14;
  private static final int ROUNDS = 5;
  private static final int RECORDS = 20_000;
  private static final double NANOS = 1e9;
  private static final PreSharedKey KEY = PreSharedKey.random("benchmark");
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** As a program has one, for all of its connections. */
  private static final SecurityProvider PROVIDER =
      ServiceLoader.load(SecurityProvider.class).findFirst().orElseThrow();

  private final PrintStream out;

  private SecurityCost(PrintStream out) {
    this.out = out;
  }

  /** Prints all figures. */
  public static void main(String[] arguments) throws Exception {
    SecurityCost cost = new SecurityCost(System.out);
    cost.line("JDK %s", Runtime.version());
    cost.line("%-34s %10s %10s", "records of 16 KiB", "GB/s", "bytes each");
    Security.Psk tls12 = Security.psk(KEY);
    Security.Psk tls13 = tls12.versions(TlsVersion.TLS_1_3);
    cost.bareCipher("the JDK's cipher, sealing", Cipher.ENCRYPT_MODE, 0);
    cost.bareCipher("the JDK's cipher, opening", Cipher.DECRYPT_MODE, 0);
    cost.records("TLS 1.2", tls12);
    cost.bareCipher("with one byte more, sealing", Cipher.ENCRYPT_MODE, 1);
    cost.bareCipher("with one byte more, opening", Cipher.DECRYPT_MODE, 1);
    cost.records("TLS 1.3", tls13);
    CipherWays.print(System.out);
    Wire wire = new Wire();
    cost.line("%-34s %10s %10s", "handshakes, both sides", "a second", "bytes each");
    cost.handshakes("TLS 1.2, ECDHE-PSK, X25519", () -> new Pair(tls12, wire).shakeHands());
    cost.handshakes("TLS 1.3, PSK, X25519", () -> new Pair(tls13, wire).shakeHands());
    SampleClient sample = new SampleClient();
    cost.handshakes(
        "TLS 1.2, PSK, as Apple's samples", () -> sample.shakeHands(engine(tls12), wire));
  }

  /**
   * The cipher as a record uses it: a new nonce, the header, the content and, in TLS 1.3, {@code
   * more} bytes apart from it.
   */
  private void bareCipher(String name, int mode, int more) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
    byte[] header = new byte[5];
    byte[] nonce = new byte[12];
    byte[] sealed = new byte[CONTENT + more + 16];
    byte[] plain = new byte[CONTENT + more];
    cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
    cipher.updateAAD(header);
    cipher.doFinal(plain, 0, plain.length, sealed, 0);
    long[] counter = {0};
    measure(
        name,
        () -> {
          if (mode == Cipher.ENCRYPT_MODE) {
            counter[0]++;
            for (int i = 0; i < Long.BYTES; i++) {
              nonce[4 + i] = (byte) (counter[0] >>> (56 - 8 * i));
            }
          }
          cipher.init(mode, key, new GCMParameterSpec(128, nonce));
          cipher.updateAAD(header);
          if (mode == Cipher.DECRYPT_MODE) {
            return cipher.doFinal(sealed, 0, sealed.length, plain, 0);
          }
          int part = more == 0 ? 0 : cipher.update(plain, 0, CONTENT, sealed, 0);
          return cipher.doFinal(plain, part, plain.length - part, sealed, part);
        });
  }

  /** Sealing and opening, one after the other, and each by itself as the JDK's clock has it. */
  private void records(String version, Security.Psk security) throws Exception {
    Pair pair = new Pair(security, new Wire());
    pair.shakeHands();
    ByteBuffer[] plain = {ByteBuffer.allocate(CONTENT)};
    ByteBuffer network = ByteBuffer.allocate(CONTENT + 100);
    ByteBuffer[] target = {ByteBuffer.allocate(CONTENT + 100)};
    long[] spent = new long[2];
    long[] allocated = new long[2];
    double[][] best = new double[2][];
    for (int round = 0; round < ROUNDS; round++) {
      Arrays.fill(spent, 0);
      Arrays.fill(allocated, 0);
      for (int i = 0; i < RECORDS; i++) {
        plain[0].clear();
        network.clear();
        target[0].clear();
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        pair.client.wrap(plain, 0, 1, network);
        long middle = System.nanoTime();
        long bytesBetween = THREADS.getCurrentThreadAllocatedBytes();
        network.flip();
        long between = System.nanoTime();
        pair.server.unwrap(network, target, 0, 1);
        spent[1] += System.nanoTime() - between;
        allocated[1] += THREADS.getCurrentThreadAllocatedBytes() - bytesBetween;
        spent[0] += middle - start;
        allocated[0] += bytesBetween - bytes;
      }
      for (int side = 0; side < 2; side++) {
        double rate = CONTENT * (double) RECORDS / spent[side];
        if (best[side] == null || rate > best[side][0]) {
          best[side] = new double[] {rate, allocated[side] / (double) RECORDS};
        }
      }
    }
    line("%-34s %10.2f %10.0f", version + ", sealing", best[0][0], best[0][1]);
    line("%-34s %10.2f %10.0f", version + ", opening", best[1][0], best[1][1]);
  }

  private void measure(String name, Callable<Integer> work) throws Exception {
    double best = 0;
    double bytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      for (int i = 0; i < RECORDS; i++) {
        work.call();
      }
      best = Math.max(best, CONTENT * (double) RECORDS / (System.nanoTime() - start));
      bytes = (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) RECORDS;
    }
    line("%-34s %10.2f %10.0f", name, best, bytes);
  }

  private void handshakes(String name, Handshake handshake) throws Exception {
    int count = 2_000;
    double best = 0;
    double bytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long start = THREADS.getCurrentThreadCpuTime();
      for (int i = 0; i < count; i++) {
        handshake.run();
      }
      best = Math.max(best, count * NANOS / (THREADS.getCurrentThreadCpuTime() - start));
      bytes = (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) count;
    }
    line("%-34s %10.0f %10.0f", name, best, bytes);
  }

  private void line(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }

  private static SSLEngine engine(Security.Psk security) {
    return protection(security).open(Role.SERVER, "the client").engine();
  }

  private static StreamSecurity protection(Security.Psk security) {
    return PROVIDER.streamSecurity(security);
  }

  /** Both sides of one handshake. */
  private interface Handshake {
    void run() throws Exception;
  }

  /** What is under way between two sides, for one handshake after the other. */
  private record Wire(ByteBuffer up, ByteBuffer down, ByteBuffer none) {
    private static final int LENGTH = 1 << 15;

    Wire() {
      this(ByteBuffer.allocate(LENGTH), ByteBuffer.allocate(LENGTH), ByteBuffer.allocate(LENGTH));
    }
  }

  /**
   * A client that offers 0x00A8 alone, as our own do not; but for that, made as they are: by Bouncy
   * Castle, with hashes and records of ours.
   */
  private static final class SampleClient {
    private final SecureRandom random = new SecureRandom();

    void shakeHands(SSLEngine server, Wire wire) throws Exception {
      byte[] identity = KEY.identity().toByteArray();
      byte[] secret = KEY.use(byte[]::clone);
      PSKTlsClient client =
          new PSKTlsClient(new RecordCrypto(random, (from, with) -> {}), identity, secret) {
            @Override
            protected int[] getSupportedCipherSuites() {
              return new int[] {CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256};
            }
          };
      TlsClientProtocol protocol = new TlsClientProtocol();
      ByteBuffer up = wire.up().clear();
      ByteBuffer down = wire.down().clear();
      ByteBuffer none = wire.none();
      protocol.connect(client);
      server.beginHandshake();
      while (protocol.isHandshaking()) {
        int length = protocol.readOutput(up.array(), up.position(), up.remaining());
        up.position(up.position() + length).flip();
        while (up.hasRemaining()) {
          server.unwrap(up, none.clear());
        }
        up.clear();
        while (server.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
          server.wrap(none.duplicate().limit(0), down);
        }
        protocol.offerInput(down.array(), 0, down.position());
        down.clear();
      }
    }
  }

  /** Two engines in one thread. */
  private static final class Pair {
    private final Wire wire;
    private final SSLEngine client;
    private final SSLEngine server;

    Pair(Security.Psk security, Wire wire) {
      this.wire = wire;
      StreamSecurity protection = protection(security);
      client = protection.open(Role.CLIENT, "the server").engine();
      server = protection.open(Role.SERVER, "the client").engine();
    }

    void shakeHands() throws SSLException, GeneralSecurityException {
      ByteBuffer up = wire.up().clear();
      ByteBuffer down = wire.down().clear();
      ByteBuffer none = wire.none();
      client.beginHandshake();
      server.beginHandshake();
      for (int step = 0; step < 100; step++) {
        for (SSLEngine side : List.of(client, server)) {
          ByteBuffer to = side == client ? up : down;
          ByteBuffer from = side == client ? down : up;
          while (side.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            side.wrap(none.duplicate().limit(0), to);
          }
          from.flip();
          side.unwrap(from, none.clear());
          from.compact();
        }
        if (client.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
            && server.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
          return;
        }
      }
      throw new GeneralSecurityException("the handshake does not end");
    }
  }
}
