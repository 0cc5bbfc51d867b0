package dev.earshot.testing;

import dev.earshot.HttpUpgrade;
import dev.earshot.SecurityMetadata;
import java.util.Optional;

/** What a handshake on a {@link MemoryWire} settled. */
record MemoryAgreement(
    boolean messageBased, Optional<HttpUpgrade> upgrade, Optional<SecurityMetadata> security) {
  /** Plain bytes. */
  static final MemoryAgreement BYTES =
      new MemoryAgreement(false, Optional.empty(), Optional.empty());
}
