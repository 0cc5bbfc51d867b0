package dev.earshot.discovery.mdns;

import dev.earshot.Browser;
import dev.earshot.Endpoint;
import dev.earshot.NetworkLink;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One result for each service, whatever the number of links and addresses it was heard on: a pure
 * function.
 *
 * <p>Names that differ in the case of ASCII letters are one name. Of several TXT records the one
 * that was heard last counts.
 */
final class ResultMerge {
  private ResultMerge() {}

  /**
   * A service as it was heard in one place.
   *
   * @param name its instance name
   * @param key what equal names have in common
   * @param txtRecord its TXT record, or an empty one
   * @param link where it was heard
   * @param heardAt when, on any clock
   */
  record Found(String name, DnsName key, TxtRecord txtRecord, NetworkLink link, long heardAt) {}

  /** The results for what was found of {@code type}. */
  static Set<Browser.Result> merge(ServiceType type, Collection<Found> found) {
    Map<DnsName, List<Found>> byName =
        found.stream()
            .sorted(Comparator.comparingLong(Found::heardAt).reversed())
            .collect(Collectors.groupingBy(Found::key, LinkedHashMap::new, Collectors.toList()));
    Set<Browser.Result> results = new LinkedHashSet<>();
    for (List<Found> same : byName.values()) {
      Found latest = same.get(0);
      Set<NetworkLink> links = same.stream().map(Found::link).collect(Collectors.toSet());
      // The name's first spelling is kept, whoever spoke last: a result may not flicker.
      String name = same.stream().map(Found::name).min(Comparator.naturalOrder()).orElseThrow();
      results.add(new Browser.Result(Endpoint.bonjour(name, type), latest.txtRecord(), links));
    }
    return Set.copyOf(results);
  }
}
