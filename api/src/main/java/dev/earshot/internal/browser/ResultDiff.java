package dev.earshot.internal.browser;

import dev.earshot.Browser.Change;
import dev.earshot.Browser.Change.Aspect;
import dev.earshot.Browser.Result;
import dev.earshot.Endpoint;
import dev.earshot.NetworkLink;
import dev.earshot.TxtRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What turns one set of results into another. Pure. */
final class ResultDiff {
  private ResultDiff() {}

  /**
   * The changes from {@code before} to {@code after}: first what went, then what is different, then
   * what came, each by name.
   */
  static List<Change> changes(Set<Result> before, Set<Result> after) {
    Map<String, Result> old = byName(before);
    Map<String, Result> now = byName(after);
    List<Change> removed = new ArrayList<>();
    List<Change> changed = new ArrayList<>();
    old.forEach(
        (name, was) -> {
          Result is = now.get(name);
          if (is == null) {
            removed.add(new Change.Removed(was));
          } else if (!aspects(was, is).isEmpty()) {
            changed.add(new Change.Changed(was, is, aspects(was, is)));
          }
        });
    List<Change> changes = new ArrayList<>(removed);
    changes.addAll(changed);
    now.forEach(
        (name, is) -> {
          if (!old.containsKey(name)) {
            changes.add(new Change.Added(is));
          }
        });
    return List.copyOf(changes);
  }

  /**
   * {@code results} as a user may see them: one for each name, with all the links that it was found
   * on, and TXT records only if {@code txtRecords}.
   */
  static Set<Result> tidy(Collection<Result> results, boolean txtRecords) {
    Map<String, Result> tidy = new TreeMap<>();
    for (Result result : results) {
      TxtRecord txt = txtRecords ? result.txtRecord() : TxtRecord.empty();
      tidy.merge(
          key(result.endpoint()),
          new Result(result.endpoint(), txt, result.links()),
          ResultDiff::merged);
    }
    return Set.copyOf(tidy.values());
  }

  private static Result merged(Result one, Result other) {
    Set<NetworkLink> links = new HashSet<>(one.links());
    links.addAll(other.links());
    TxtRecord txt = one.txtRecord().equals(TxtRecord.empty()) ? other.txtRecord() : one.txtRecord();
    return new Result(one.endpoint(), txt, links);
  }

  private static Set<Aspect> aspects(Result before, Result after) {
    Set<Aspect> aspects = EnumSet.noneOf(Aspect.class);
    if (!before.links().containsAll(after.links())) {
      aspects.add(Aspect.LINK_ADDED);
    }
    if (!after.links().containsAll(before.links())) {
      aspects.add(Aspect.LINK_REMOVED);
    }
    if (!before.txtRecord().equals(after.txtRecord())) {
      aspects.add(Aspect.TXT_RECORD);
    }
    return aspects;
  }

  private static Map<String, Result> byName(Set<Result> results) {
    Map<String, Result> map = new TreeMap<>();
    results.forEach(result -> map.put(key(result.endpoint()), result));
    return map;
  }

  // RFC 6762, section 16: names compare without regard to the case of ASCII letters, and of no
  // others.
  private static String key(Endpoint.Bonjour endpoint) {
    StringBuilder key = new StringBuilder(endpoint.name());
    key.append('.').append(endpoint.type()).append('.').append(endpoint.domain());
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        key.setCharAt(i, (char) (c - 'A' + 'a'));
      }
    }
    return key.toString();
  }
}
