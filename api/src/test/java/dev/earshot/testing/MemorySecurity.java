package dev.earshot.testing;

import dev.earshot.Security;
import dev.earshot.spi.SecurityProvider;
import dev.earshot.spi.StreamSecurity;

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
  public StreamSecurity streamSecurity(Security security) {
    return (role, peer) -> {
      throw new IllegalStateException("a wire in memory asks for no engine");
    };
  }
}
