package dev.earshot.discovery.mdns;

import dev.earshot.spi.LoopConfined;
import java.util.HashMap;
import java.util.Map;

/**
 * What somebody is looking for on a link: types that are browsed, with or without TXT records, and
 * single services that are being looked up. Counted, since several may look for the same.
 */
@LoopConfined
final class Interests {
  private static final int MAXIMUM_TEXT_BYTES = 4_096; // three times what RFC 6763 advises at most

  private final Map<DnsName, Integer> types = new HashMap<>();
  private final Map<DnsName, Integer> typesWithText = new HashMap<>();
  private final Map<DnsName, Integer> instances = new HashMap<>();

  void addType(DnsName type, boolean withText) {
    types.merge(type, 1, Integer::sum);
    if (withText) {
      typesWithText.merge(type, 1, Integer::sum);
    }
  }

  void removeType(DnsName type, boolean withText) {
    remove(types, type);
    if (withText) {
      remove(typesWithText, type);
    }
  }

  void addInstance(DnsName instance) {
    instances.merge(instance, 1, Integer::sum);
  }

  void removeInstance(DnsName instance) {
    remove(instances, instance);
  }

  private static void remove(Map<DnsName, Integer> counts, DnsName name) {
    counts.computeIfPresent(name, (key, count) -> count == 1 ? null : count - 1);
  }

  boolean hasType(DnsName type) {
    return types.containsKey(type);
  }

  /** Whether {@code record}, which is no address, is worth keeping. */
  boolean include(DnsRecord record) {
    if (record.data() instanceof DnsRecord.Pointer pointer) {
      return types.containsKey(record.name()) && pointer.target().parent().equals(record.name());
    }
    boolean isText =
        record.data() instanceof DnsRecord.Text text && text.bytes().length() <= MAXIMUM_TEXT_BYTES;
    return (isText || record.data() instanceof DnsRecord.Server)
        && (instances.containsKey(record.name()) || types.containsKey(record.name().parent()));
  }

  /** Whether {@code record} is worth a packet before it runs out; addresses are asked for late. */
  boolean keepFresh(DnsRecord record) {
    return record.data() instanceof DnsRecord.Pointer
        ? types.containsKey(record.name())
        : record.data() instanceof DnsRecord.Text
            && typesWithText.containsKey(record.name().parent());
  }
}
