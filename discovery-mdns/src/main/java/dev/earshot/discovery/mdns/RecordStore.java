package dev.earshot.discovery.mdns;

import dev.earshot.discovery.mdns.DnsMessage.Question;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The records heard on one link: what services there are is told from these, and from nothing else.
 *
 * <p>Only records that somebody asked for are kept: see {@link Interests}. A record goes when its
 * time is over, a second after a goodbye, or when nobody confirms it; before its time is over it is
 * asked for again (RFC 6762, sections 5.2 and 10). All limits drop the newcomer.
 */
@LoopConfined
final class RecordStore {
  static final int MAXIMUM_RECORDS = 4_096;
  static final int MAXIMUM_PER_NAME = 512;
  static final int MAXIMUM_PER_SOURCE = 64;
  private static final long SECOND = 1_000_000_000L;
  private static final long MAXIMUM_SECONDS = 86_400; // nobody is believed for longer than a day
  private static final int[] REFRESH_PERCENT = {80, 85, 90, 95}; // RFC 6762, section 5.2

  private final Loop loop;
  private final Interests interests;
  private final Listener listener;
  private final Map<Key, List<Entry>> entries = new HashMap<>();
  private final Map<DnsName, Integer> hosts = new HashMap<>(); // targets of the SRV records held
  private int size;
  private long dueAt = Long.MAX_VALUE;
  private Loop.@Nullable Timer timer;

  /** Who is told; called on the loop. */
  interface Listener {
    /** Another set of records is held. */
    void recordsChanged();

    /** Somebody should ask again, or a record will be lost. */
    void refresh(Question question);
  }

  private record Key(DnsName name, int type) {}

  /** A record that was heard, when, and from whom. */
  private static final class Entry {
    private final InetAddress source;
    private DnsRecord record;
    private long heardAt;
    private long expiresAt;
    private int refreshes;

    Entry(DnsRecord record, InetAddress source) {
      this.record = record;
      this.source = source;
    }

    void heard(DnsRecord again, long now) {
      record = again;
      heardAt = now;
      expiresAt = now + Math.min(again.timeToLive(), MAXIMUM_SECONDS) * SECOND;
      refreshes = 0;
    }

    void leaveAt(long when) {
      expiresAt = Math.min(expiresAt, when); // a second goodbye does not keep it for longer
      refreshes = REFRESH_PERCENT.length;
    }

    long dueAt() {
      if (refreshes == REFRESH_PERCENT.length) {
        return expiresAt;
      }
      return heardAt + (expiresAt - heardAt) / 100 * REFRESH_PERCENT[refreshes];
    }
  }

  RecordStore(Loop loop, Interests interests, Listener listener) {
    this.loop = loop;
    this.interests = interests;
    this.listener = listener;
  }

  /** Takes what is wanted of {@code response}, which came from {@code source}. */
  void receive(DnsMessage response, InetAddress source, boolean trusted) {
    loop.assertInLoop();
    List<DnsRecord> records = new ArrayList<>(response.answers());
    records.addAll(response.additionals());
    // A host's addresses are wanted only once it is known that a service is on it.
    records.sort(Comparator.comparing(RecordStore::isAddress));
    boolean changed = false;
    for (DnsRecord record : records) {
      if (isWanted(record)) {
        changed |= record.isGoodbye() ? leave(record) : keep(record, source, trusted);
      }
    }
    if (changed) {
      listener.recordsChanged();
    }
  }

  /** The records of {@code name} and {@code type}, the one heard last first. */
  List<DnsRecord> records(DnsName name, int type) {
    return entries.getOrDefault(new Key(name, type), List.of()).stream()
        .sorted(Comparator.comparingLong((Entry e) -> e.heardAt).reversed())
        .map(e -> e.record)
        .toList();
  }

  /** How many records are held. */
  int size() {
    return size;
  }

  /** The one record of {@code name} and {@code type} that was heard last. */
  Optional<DnsRecord> latest(DnsName name, int type) {
    return records(name, type).stream().findFirst();
  }

  /** When {@code record} was heard last, if it is held. */
  Optional<Long> heardAt(DnsRecord record) {
    return Optional.ofNullable(find(record)).map(e -> e.heardAt);
  }

  /** When the last of the records of {@code name} and {@code type} was heard. */
  Optional<Long> latestHeardAt(DnsName name, int type) {
    return latest(name, type).flatMap(this::heardAt);
  }

  /** Lets the records of {@code name} and {@code type} go, so that they are asked for anew. */
  void forget(DnsName name, int type) {
    for (Entry entry : List.copyOf(entries.getOrDefault(new Key(name, type), List.of()))) {
      remove(entry);
    }
  }

  /**
   * What an asker for {@code name} and {@code type} should say it knows, with the time left: only
   * what is good for at least half of its time (RFC 6762, section 7.1).
   */
  List<DnsRecord> knownAnswers(DnsName name, int type) {
    long now = loop.nanoTime();
    List<DnsRecord> known = new ArrayList<>();
    for (Entry entry : entries.getOrDefault(new Key(name, type), List.of())) {
      long secondsLeft = (entry.expiresAt - now) / SECOND;
      if (entry.refreshes == 0 && secondsLeft * 2 > entry.record.timeToLive()) {
        known.add(entry.record.withTimeToLive(secondsLeft));
      }
    }
    return known;
  }

  /** Lets {@code record} go if it was not heard after {@code nanos}. */
  void forgetUnlessHeardAfter(DnsRecord record, long nanos) {
    Entry entry = find(record);
    if (entry != null && entry.heardAt <= nanos) {
      remove(entry);
      listener.recordsChanged();
    }
  }

  /** Lets everything go that nobody is interested in any more. */
  void forgetUnwanted() {
    forgetUnwanted(false);
    forgetUnwanted(true); // hosts, once the services on them are gone
  }

  private void forgetUnwanted(boolean addresses) {
    for (List<Entry> held : List.copyOf(entries.values())) {
      for (Entry entry : List.copyOf(held)) {
        if (isAddress(entry.record) == addresses && !isWanted(entry.record)) {
          remove(entry);
        }
      }
    }
  }

  private boolean isWanted(DnsRecord record) {
    return isAddress(record) ? hosts.containsKey(record.name()) : interests.include(record);
  }

  private static boolean isAddress(DnsRecord record) {
    return record.data() instanceof DnsRecord.Address;
  }

  private boolean keep(DnsRecord record, InetAddress source, boolean trusted) {
    long now = loop.nanoTime();
    if (record.flush()) {
      flushOthers(record, now);
    }
    Entry entry = find(record);
    boolean isNew = entry == null;
    // A record that is held can still be news, if another one replaced it a moment ago.
    boolean isNews = isNew || record.flush() && !latest(record).sameAs(record);
    if (entry == null) {
      List<Entry> same = entries.getOrDefault(keyOf(record), List.of());
      if (size >= MAXIMUM_RECORDS
          || same.size() >= MAXIMUM_PER_NAME
          || !trusted && countFrom(source, same) >= MAXIMUM_PER_SOURCE) {
        return false;
      }
      entry = add(new Entry(record, source));
    }
    entry.heard(record, now);
    due(entry.dueAt());
    return isNews;
  }

  private DnsRecord latest(DnsRecord record) {
    return latest(record.name(), record.type()).orElse(record);
  }

  private Entry add(Entry entry) {
    entries.computeIfAbsent(keyOf(entry.record), k -> new ArrayList<>()).add(entry);
    size++;
    if (entry.record.data() instanceof DnsRecord.Server server) {
      hosts.merge(server.target(), 1, Integer::sum);
    }
    return entry;
  }

  private static long countFrom(InetAddress source, List<Entry> same) {
    return same.stream().filter(e -> e.source.equals(source)).count();
  }

  /** RFC 6762, section 10.2: what was not heard within the last second goes in a second. */
  private void flushOthers(DnsRecord record, long now) {
    for (Entry other : entries.getOrDefault(keyOf(record), List.of())) {
      if (record.replaces(other.record) && other.heardAt < now - SECOND) {
        other.leaveAt(now + SECOND);
        due(other.expiresAt);
      }
    }
  }

  /** RFC 6762, section 10.1: it goes in a second, so that another owner can speak up. */
  private boolean leave(DnsRecord record) {
    Entry entry = find(record);
    if (entry != null) {
      entry.leaveAt(loop.nanoTime() + SECOND);
      due(entry.expiresAt);
    }
    return false;
  }

  private @Nullable Entry find(DnsRecord record) {
    for (Entry entry : entries.getOrDefault(keyOf(record), List.of())) {
      if (entry.record.sameAs(record)) {
        return entry;
      }
    }
    return null;
  }

  private void remove(Entry entry) {
    Key key = keyOf(entry.record);
    List<Entry> held = entries.getOrDefault(key, List.of());
    if (held.remove(entry)) {
      size--;
      if (entry.record.data() instanceof DnsRecord.Server server) {
        hosts.computeIfPresent(server.target(), (host, n) -> n == 1 ? null : n - 1);
      }
    }
    if (held.isEmpty()) {
      entries.remove(key);
    }
  }

  private static Key keyOf(DnsRecord record) {
    return new Key(record.name(), record.type());
  }

  private void due(long nanos) {
    if (nanos < dueAt) {
      dueAt = nanos;
      if (timer != null) {
        timer.cancel();
      }
      long wait = Math.max(0, nanos - loop.nanoTime());
      timer = loop.schedule(Duration.ofNanos(wait), this::sweep);
    }
  }

  private void sweep() {
    long now = loop.nanoTime();
    boolean changed = false;
    dueAt = Long.MAX_VALUE;
    timer = null;
    long next = Long.MAX_VALUE;
    for (List<Entry> held : List.copyOf(entries.values())) {
      for (Entry entry : List.copyOf(held)) {
        if (entry.expiresAt <= now) {
          remove(entry);
          changed = true;
        } else {
          refresh(entry, now);
          next = Math.min(next, entry.dueAt());
        }
      }
    }
    if (next != Long.MAX_VALUE) {
      due(next);
    }
    if (changed) {
      listener.recordsChanged();
    }
  }

  private void refresh(Entry entry, long now) {
    if (entry.refreshes < REFRESH_PERCENT.length && entry.dueAt() <= now) {
      entry.refreshes++;
      if (interests.keepFresh(entry.record)) {
        listener.refresh(new Question(entry.record.name(), entry.record.type(), false));
      }
    }
  }
}
