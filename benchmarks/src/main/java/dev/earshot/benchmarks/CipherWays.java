package dev.earshot.benchmarks;

import com.sun.management.ThreadMXBean;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The ways in which the JDK's AES-GCM can be used for one record of 16 KiB after the other, side by
 * side: bytes that each allocates, and content a second of this thread's CPU time. Whether one of
 * them is better than what the record layer does.
 */
final class CipherWays {
  private static final int CONTENT = 1 << 14;
  private static final int HEADER = 13;
  private static final int TAG = 16;
  private static final int ROUNDS = 6;
  private static final int RECORDS = 10_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
  private final byte[] header = new byte[HEADER];
  private final byte[] plain = new byte[CONTENT + 1];
  private final byte[] target = new byte[HEADER + CONTENT + 1 + TAG];
  private final byte[] fixedNonce = new byte[12];
  private final byte[] sealed = new byte[CONTENT + TAG];
  private final Map<String, Way> ways = new LinkedHashMap<>();
  private long number;

  /** One record. */
  private interface Way {
    void take(Cipher cipher, long number) throws GeneralSecurityException;
  }

  /** Parameters whose nonce can be changed, and is not copied when it is read. */
  private static final class Reused extends GCMParameterSpec {
    private final byte[] nonce = new byte[12];

    Reused() {
      super(TAG * 8, new byte[12]);
    }

    Reused number(long value) {
      put(nonce, value);
      return this;
    }

    @Override
    public byte[] getIV() {
      return nonce;
    }
  }

  private CipherWays() throws GeneralSecurityException {
    fixedNonce[0] = 1;
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG * 8, fixedNonce));
    cipher.updateAAD(header);
    cipher.doFinal(plain, 0, CONTENT, sealed, 0);
    sealing();
    openingAndBeginning();
  }

  /** Prints all of them. */
  static void print(PrintStream out) throws GeneralSecurityException {
    CipherWays all = new CipherWays();
    out.println(
        String.format(
            Locale.ROOT, "%-44s %10s %10s", "the JDK's AES-128-GCM", "GB/CPU s", "bytes"));
    Map<String, Cipher> ciphers = new LinkedHashMap<>();
    Map<String, double[]> best = new LinkedHashMap<>();
    for (String name : all.ways.keySet()) {
      ciphers.put(name, Cipher.getInstance("AES/GCM/NoPadding", "SunJCE"));
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, Way> way : all.ways.entrySet()) {
        double[] measured = all.measure(way.getValue(), ciphers.get(way.getKey()));
        best.merge(way.getKey(), measured, (one, other) -> one[0] > other[0] ? one : other);
      }
    }
    best.forEach(
        (name, figures) ->
            out.println(
                String.format(Locale.ROOT, "%-44s %10.2f %10.0f", name, figures[0], figures[1])));
  }

  private double[] measure(Way way, Cipher cipher) throws GeneralSecurityException {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < RECORDS; i++) {
      way.take(cipher, ++number);
    }
    double rate = CONTENT * (double) RECORDS / (THREADS.getCurrentThreadCpuTime() - start);
    bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    return new double[] {rate, bytes / (double) RECORDS};
  }

  private void sealing() {
    byte[] nonce = new byte[12];
    byte[] place = new byte[CONTENT + TAG];
    byte[] type = new byte[1];
    Reused[] reused = {new Reused(), new Reused()}; // a nonce must differ from the one before
    ByteBuffer direct = ByteBuffer.allocateDirect(CONTENT);
    ByteBuffer directTarget = ByteBuffer.allocateDirect(CONTENT + TAG);
    ways.put(
        "sealing, as the record layer does",
        (cipher, n) -> {
          begin(cipher, put(nonce, n));
          cipher.doFinal(plain, 0, CONTENT, target, HEADER);
        });
    ways.put(
        "sealing, parameters used again",
        (cipher, n) -> {
          cipher.init(Cipher.ENCRYPT_MODE, key, reused[(int) (n & 1)].number(n));
          cipher.updateAAD(header);
          cipher.doFinal(plain, 0, CONTENT, target, HEADER);
        });
    ways.put(
        "sealing, in place",
        (cipher, n) -> {
          begin(cipher, put(nonce, n));
          cipher.doFinal(place, 0, CONTENT, place, 0);
        });
    ways.put(
        "sealing, direct buffers",
        (cipher, n) -> {
          begin(cipher, put(nonce, n));
          cipher.doFinal(direct.clear(), directTarget.clear());
        });
    ways.put(
        "sealing with a type, apart, as we do",
        (cipher, n) -> {
          begin(cipher, put(nonce, n));
          int part = cipher.update(plain, 0, CONTENT, target, HEADER);
          cipher.doFinal(type, 0, 1, target, HEADER + part);
        });
    ways.put(
        "sealing with a type, copied, in one piece",
        (cipher, n) -> {
          begin(cipher, put(nonce, n));
          System.arraycopy(plain, 0, target, HEADER, CONTENT);
          cipher.doFinal(target, HEADER, CONTENT + 1, target, HEADER);
        });
  }

  private void openingAndBeginning() {
    byte[] place = new byte[CONTENT + TAG];
    GCMParameterSpec same = new GCMParameterSpec(TAG * 8, fixedNonce);
    ways.put(
        "opening, as the record layer does",
        (cipher, n) -> {
          cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG * 8, fixedNonce));
          cipher.updateAAD(header);
          cipher.doFinal(sealed, 0, sealed.length, plain, 0);
        });
    ways.put(
        "opening, parameters used again",
        (cipher, n) -> {
          cipher.init(Cipher.DECRYPT_MODE, key, same);
          cipher.updateAAD(header);
          cipher.doFinal(sealed, 0, sealed.length, plain, 0);
        });
    ways.put(
        "opening, in place, with the copy before it",
        (cipher, n) -> {
          System.arraycopy(sealed, 0, place, 0, place.length);
          cipher.init(Cipher.DECRYPT_MODE, key, same);
          cipher.updateAAD(header);
          cipher.doFinal(place, 0, place.length, place, 0);
        });
    ways.put(
        "an empty record: what each costs at least",
        (cipher, n) -> {
          cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG * 8, number(n)));
          cipher.doFinal(plain, 0, 0, target, 0);
        });
  }

  private void begin(Cipher cipher, byte[] nonce) throws GeneralSecurityException {
    cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG * 8, nonce));
    cipher.updateAAD(header);
  }

  private byte[] number(long value) {
    return put(fixedNonce.clone(), value);
  }

  private static byte[] put(byte[] nonce, long value) {
    for (int i = 0; i < Long.BYTES; i++) {
      nonce[4 + i] = (byte) (value >>> (56 - 8 * i));
    }
    return nonce;
  }
}
