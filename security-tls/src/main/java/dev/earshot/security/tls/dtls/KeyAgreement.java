package dev.earshot.security.tls.dtls;

import dev.earshot.HandshakeException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsECConfig;

/** One side's half of an ephemeral agreement on a secret (RFC 5489, RFC 8422). For one thread. */
final class KeyAgreement {
  /** Dearest first: X25519 is many times faster here than P-256. */
  static final List<Integer> GROUPS = List.of(NamedGroup.x25519, NamedGroup.secp256r1);

  private final TlsAgreement agreement;
  private final int group;
  private final byte[] share;

  KeyAgreement(TlsCrypto crypto, int group) throws DtlsFailure {
    this.group = group;
    this.agreement = crypto.createECDomain(new TlsECConfig(group)).createECDH();
    try {
      this.share = agreement.generateEphemeral();
    } catch (IOException e) {
      throw new DtlsFailure(
          Reason.OTHER, AlertDescription.internal_error, "making a key for the peer failed", e);
    }
  }

  /** The dearest group that the client offers. */
  static Optional<Integer> commonGroup(Hello hello) throws DtlsFailure {
    byte[] offered = hello.extensions().get(Hello.SUPPORTED_GROUPS);
    if (offered == null) {
      // RFC 8422, section 4: then the server is free to choose, and P-256 is what all have.
      return Optional.of(GROUPS.get(GROUPS.size() - 1));
    }
    Fields groups = new Fields(new Fields(offered).vector2(offered.length));
    List<Integer> found = new ArrayList<>();
    while (!groups.isAtEnd()) {
      found.add(groups.number2());
    }
    return GROUPS.stream().filter(found::contains).findFirst();
  }

  int group() {
    return group;
  }

  /** What the other side is told. */
  byte[] share() {
    return share;
  }

  /** The secret, of what the other side told. */
  byte[] secret(byte[] peerShare) throws DtlsFailure {
    try {
      agreement.receivePeerValue(peerShare);
      return agreement.calculateSecret().extract(); // refuses a secret of zeros (RFC 7748)
    } catch (IOException | RuntimeException e) {
      throw new DtlsFailure(
          Reason.PROTOCOL_ERROR,
          AlertDescription.illegal_parameter,
          "the peer's share of the key agreement is no good",
          e);
    }
  }
}
