package dev.earshot.security.tls.record;

/** Makes a key look used. */
public final class WornKey {
  private WornKey() {}

  /** Leaves {@code protection} what is kept for the farewell. */
  public static void wear(DatagramProtection protection) {
    protection.count(RecordAlgorithm.AES_128_GCM.maximumBlocks() - RecordSealer.RESERVE);
  }

  /** Leaves {@code sealer} what is kept for the farewell. */
  public static void wear(RecordSealer sealer) {
    sealer.count(RecordAlgorithm.AES_128_GCM.maximumBlocks() - RecordSealer.RESERVE);
  }
}
