package dev.earshot.testing;

import dev.earshot.Security;
import dev.earshot.TrustRequest;
import dev.earshot.spi.PeerTrust;
import dev.earshot.spi.SecurityProvider;
import dev.earshot.spi.StreamSecurity;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Security for a {@link MemoryWire}, which compares keys and protects nothing: what it gives has no
 * engine and only says that a connection is to be protected.
 */
public final class MemorySecurity implements SecurityProvider {
  @Override
  public String name() {
    return "memory";
  }

  @Override
  public boolean supports(Security security) {
    return true;
  }

  @Override
  public boolean supportsPeerTrust() {
    return true;
  }

  @Override
  public PeerTrust peerTrust(Security.Pki security) {
    return new PeerTrust() {
      @Override
      public Optional<Refusal> objection(List<X509Certificate> chain) {
        return Optional.empty();
      }

      @Override
      public Verdict about(TrustRequest request) {
        throw new IllegalStateException("a wire in memory has no certificates to ask about");
      }
    };
  }

  @Override
  public StreamSecurity streamSecurity(Security security) {
    return (role, peer) -> {
      throw new IllegalStateException("a wire in memory asks for no engine");
    };
  }
}
