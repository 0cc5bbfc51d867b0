package dev.earshot.testing;

import dev.earshot.EstablishmentReport.Handshake;
import dev.earshot.HttpUpgrade;
import dev.earshot.SecurityMetadata;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a handshake on a {@link MemoryWire} settled. */
record MemoryAgreement(
    boolean messageBased, Optional<HttpUpgrade> upgrade, Optional<SecurityMetadata> security) {
  /** Plain bytes. */
  static final MemoryAgreement BYTES =
      new MemoryAgreement(false, Optional.empty(), Optional.empty());

  /** That of security, which takes no time. */
  List<Handshake> handshakes() {
    return security.stream().map(s -> new Handshake(s.protocol(), Duration.ZERO)).toList();
  }
}
