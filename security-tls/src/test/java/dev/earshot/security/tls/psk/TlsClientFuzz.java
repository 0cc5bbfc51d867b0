package dev.earshot.security.tls.psk;

import dev.earshot.spi.StreamSecurity.Role;
import dev.earshot.testing.Amplification;
import java.util.ArrayList;
import java.util.List;

/** A connection's TLS with pre-shared keys, answered by anybody: see {@link TlsVictim}. */
public final class TlsClientFuzz {
  private TlsClientFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Amplification.bounded(
        input.length,
        TlsServerFuzz.FACTOR,
        TlsServerFuzz.BASE,
        () -> TlsVictim.take(Role.CLIENT, input));
  }

  /** The answers of honest servers to others, the first bytes of others, and changed flights. */
  public static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>(TlsSeeds.changes());
    for (PskSuite suite : PskSuite.values()) {
      EnginePair pair = EnginePair.ofSuite(suite);
      pair.client.begin();
      pair.server.arrive(pair.client.takeOutput());
      byte[] hello = pair.server.takeOutput();
      seeds.add(TlsSeeds.stranger(hello));
      pair.client.arrive(hello);
      pair.server.arrive(pair.client.takeOutput());
      seeds.add(TlsSeeds.stranger(hello, pair.server.takeOutput()));
    }
    seeds.addAll(TlsSeeds.others());
    return seeds;
  }
}
