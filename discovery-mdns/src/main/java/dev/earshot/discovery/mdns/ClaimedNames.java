package dev.earshot.discovery.mdns;

import dev.earshot.spi.LoopConfined;
import java.util.HashMap;
import java.util.Map;

/**
 * The names of our own services, one for each: two of ours must not meet under one name, and the
 * network would not tell, since both say the same host.
 */
@LoopConfined
final class ClaimedNames {
  private final Map<DnsName, Object> owners = new HashMap<>();

  /** Gives {@code name} to {@code owner}, who gives up any other, unless somebody else has it. */
  boolean claim(Object owner, DnsName name) {
    Object present = owners.get(name);
    if (present != null && present != owner) {
      return false;
    }
    release(owner);
    owners.put(name, owner);
    return true;
  }

  /** Frees what {@code owner} has. */
  void release(Object owner) {
    owners.values().removeIf(o -> o == owner);
  }
}
