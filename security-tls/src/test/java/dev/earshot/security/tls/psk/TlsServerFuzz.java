package dev.earshot.security.tls.psk;

import dev.earshot.spi.StreamSecurity.Role;
import dev.earshot.testing.Amplification;
import java.util.ArrayList;
import java.util.List;

/** A listener's TLS with pre-shared keys, met by anybody: see {@link TlsVictim}. */
public final class TlsServerFuzz {
  static final int FACTOR = 2_000; // each piece of the input makes a driver's buffers anew
  static final int BASE = 16 << 20; // a handshake with its curve, and what is linked meanwhile

  private TlsServerFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Amplification.bounded(input.length, FACTOR, BASE, () -> TlsVictim.take(Role.SERVER, input));
  }

  /** The hellos of honest clients, the first bytes of others, and changes of true flights. */
  public static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>(TlsSeeds.changes());
    for (PskSuite suite : PskSuite.values()) {
      EnginePair pair = EnginePair.ofSuite(suite);
      pair.client.begin();
      byte[] hello = pair.client.takeOutput();
      seeds.add(TlsSeeds.stranger(hello));
      pair.server.arrive(hello);
      pair.client.arrive(pair.server.takeOutput());
      seeds.add(TlsSeeds.stranger(hello, pair.client.takeOutput()));
    }
    seeds.addAll(TlsSeeds.others());
    return seeds;
  }
}
