package dev.earshot.security.tls.psk;

import dev.earshot.testing.Fuzzing;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** What the fuzz targets of TLS begin with, on either side. */
final class TlsSeeds {
  private TlsSeeds() {}

  /** Flights as they are, in one piece each. */
  static byte[] stranger(byte[]... flights) {
    ByteArrayOutputStream seed = new ByteArrayOutputStream();
    seed.writeBytes(new byte[] {0, 1, 0});
    for (byte[] flight : flights) {
      seed.writeBytes(flight);
    }
    return seed.toByteArray();
  }

  /** For each flight: none, a bit, a cut, more bytes, fewer bytes, a repetition. */
  static List<byte[]> changes() {
    List<byte[]> seeds = new ArrayList<>();
    for (int flight = 0; flight < 3; flight++) {
      byte first = (byte) (1 | flight << 1 | flight << 4);
      seeds.add(new byte[] {first});
      seeds.add(new byte[] {first, 1, 0, 50, 1});
      seeds.add(new byte[] {first, 2, 0, 30, 0});
      seeds.add(new byte[] {first, 3, 0, 5, 4, 1, 2, 3, 4});
      seeds.add(new byte[] {first, 4, 0, 5, 9, 0, 0, 4, 80});
      seeds.add(new byte[] {first, 5, 0, 60, 0});
    }
    return seeds;
  }

  /** Who does not speak TLS, or an old one, and alerts. */
  static List<byte[]> others() {
    return List.of(
        Fuzzing.text("\0\0\5GET / HTTP/1.1", "Host: here", "", ""),
        Fuzzing.text("\0\0\0SSH-2.0-OpenSSH"),
        new byte[] {0, 0, 9, (byte) 0x80, 0x2E, 1, 0, 2, 0, 21, 0, 0, 0, 16},
        new byte[] {0, 0, 9, 21, 3, 3, 0, 2, 2, 40},
        new byte[] {0, 0, 9, 21, 3, 3, 0, 2, 1, 0},
        new byte[] {0, 0, 9, 22, 3, 0, 0, 4, 1, 0, 0, 0},
        new byte[] {0, 0, 9, 22, 3, 3, 0x40, 1, 1});
  }
}
