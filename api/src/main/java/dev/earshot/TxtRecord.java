package dev.earshot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The key/value pairs published with a Bonjour service (RFC 6763, section 6). Immutable.
 *
 * <p>Keys are printable ASCII without {@code =} and compare without regard to case; of several
 * equal keys the first counts. A key can stand alone, have an empty value, or a value: three
 * different things. One pair takes at most 255 bytes, the whole record at most {@value
 * #MAXIMUM_BYTES} so that it fits one packet; keep it under 200. Everybody on the network can read
 * it, and anybody can forge it. Compares by its bytes.
 */
public final class TxtRecord {
  /** The longest record that is built here; a longer one that was received is kept as it came. */
  public static final int MAXIMUM_BYTES = 1_300;

  private static final int PAIR_BYTES = 255;
  private static final TxtRecord EMPTY = new TxtRecord(Payload.wrap(new byte[1]));

  private final Payload data;
  private final Map<String, Entry> entries;

  /** One pair: its key as written, and its value; no value at all is not an empty value. */
  private record Entry(String key, Optional<Payload> value) {}

  private TxtRecord(Payload data) {
    this.data = data;
    this.entries = parse(data);
  }

  /** A record without pairs: a single zero byte on the wire (RFC 6763, section 6.1). */
  public static TxtRecord empty() {
    return EMPTY;
  }

  /** A record with {@code pairs} in their order, values as UTF-8. */
  public static TxtRecord of(Map<String, String> pairs) {
    Objects.requireNonNull(pairs, "pairs");
    Builder builder = builder();
    pairs.forEach(builder::put);
    return builder.build();
  }

  /**
   * A record from its bytes on the wire.
   *
   * <p>Any bytes will do: pairs that break the rules are passed over when reading, as RFC 6763,
   * section 6.4 asks, and {@link #data()} still has them.
   */
  public static TxtRecord ofData(Payload data) {
    Objects.requireNonNull(data, "data");
    return data.isEmpty() ? EMPTY : new TxtRecord(data);
  }

  /** A builder for a record, without pairs. */
  public static Builder builder() {
    return new Builder();
  }

  /** The value of {@code key} as text, if the key is there with a value. */
  public Optional<String> value(String key) {
    Objects.requireNonNull(key, "key");
    return data(key).map(Payload::toUtf8String);
  }

  /** The value of {@code key} as bytes, if the key is there with a value. */
  public Optional<Payload> data(String key) {
    Objects.requireNonNull(key, "key");
    Entry entry = entries.get(key.toLowerCase(Locale.ROOT));
    return entry == null ? Optional.empty() : entry.value();
  }

  /** Whether {@code key} is there, with a value or alone. */
  public boolean contains(String key) {
    Objects.requireNonNull(key, "key");
    return entries.containsKey(key.toLowerCase(Locale.ROOT));
  }

  /** The keys as written, in their order. */
  public List<String> keys() {
    return entries.values().stream().map(Entry::key).toList();
  }

  /** The bytes on the wire. */
  public Payload data() {
    return data;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TxtRecord that && data.equals(that.data);
  }

  @Override
  public int hashCode() {
    return data.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("TxtRecord[");
    String separator = "";
    for (Entry entry : entries.values()) {
      text.append(separator).append(entry.key());
      entry.value().ifPresent(value -> text.append('=').append(printable(value)));
      separator = ", ";
    }
    return text.append(']').toString();
  }

  private static Map<String, Entry> parse(Payload data) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    int at = 0;
    while (at < data.length()) {
      int length = data.byteAt(at) & 0xFF;
      int end = at + 1 + length;
      if (end > data.length()) {
        break; // a length that runs past the end: nothing after it can be trusted
      }
      Entry entry = parsePair(data.slice(at + 1, length));
      if (entry != null) {
        // RFC 6763, section 6.4: if a key appears more than once, the first counts.
        entries.putIfAbsent(entry.key().toLowerCase(Locale.ROOT), entry);
      }
      at = end;
    }
    return Collections.unmodifiableMap(entries);
  }

  private static @Nullable Entry parsePair(Payload pair) {
    int equals = 0;
    while (equals < pair.length() && pair.byteAt(equals) != '=') {
      if (pair.byteAt(equals) < 0x20 || pair.byteAt(equals) > 0x7E) {
        return null; // RFC 6763, section 6.4: printable US-ASCII only
      }
      equals++;
    }
    if (equals == 0) {
      return null; // RFC 6763, section 6.4: strings beginning with '=' are to be ignored
    }
    String key = pair.slice(0, equals).toUtf8String();
    return equals == pair.length()
        ? new Entry(key, Optional.empty())
        : new Entry(key, Optional.of(pair.slice(equals + 1, pair.length() - equals - 1)));
  }

  private static String printable(Payload value) {
    String text = value.toUtf8String();
    // A value that is not text, or that would upset a terminal, is shown by its size.
    boolean plain = text.indexOf('\uFFFD') < 0 && text.equals(Endpoint.Bonjour.printable(text));
    return plain ? text : value.toString();
  }

  /** Collects pairs in the order in which they will be published. Not safe for several threads. */
  public static final class Builder {
    private final List<byte[]> pairs = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();

    private Builder() {}

    /** Adds {@code key} with {@code value} as UTF-8. */
    public Builder put(String key, String value) {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(value, "value");
      return put(key, Payload.utf8(value));
    }

    /** Adds {@code key} with {@code value}, which may be empty. */
    public Builder put(String key, Payload value) {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(value, "value");
      byte[] name = keyBytes(key);
      requireFits(key, name.length + 1L + value.length());
      byte[] pair = Arrays.copyOf(name, name.length + 1 + value.length());
      pair[name.length] = '=';
      value.copyTo(0, pair, name.length + 1, value.length());
      return add(key, pair);
    }

    /** Adds {@code key} alone, without a value. */
    public Builder put(String key) {
      Objects.requireNonNull(key, "key");
      byte[] name = keyBytes(key);
      requireFits(key, name.length);
      return add(key, name);
    }

    /** The record. */
    public TxtRecord build() {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (byte[] pair : pairs) {
        out.write(pair.length);
        out.writeBytes(pair);
      }
      if (out.size() > MAXIMUM_BYTES) {
        throw new IllegalArgumentException(
            "TXT record of " + out.size() + " bytes, limit " + MAXIMUM_BYTES);
      }
      return out.size() == 0 ? EMPTY : new TxtRecord(Payload.wrap(out.toByteArray()));
    }

    private static void requireFits(String key, long bytes) {
      if (bytes > PAIR_BYTES) {
        throw new IllegalArgumentException(
            "TXT pair '" + key + "' takes " + bytes + " bytes, limit " + PAIR_BYTES);
      }
    }

    private Builder add(String key, byte[] pair) {
      if (keys.contains(key.toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException("TXT key '" + key + "' stands twice");
      }
      keys.add(key.toLowerCase(Locale.ROOT));
      pairs.add(pair);
      return this;
    }

    private static byte[] keyBytes(String key) {
      boolean printable = key.chars().allMatch(c -> c >= 0x20 && c <= 0x7E && c != '=');
      if (key.isEmpty() || !printable) {
        throw new IllegalArgumentException(
            "TXT key '" + key + "' is not one or more printable ASCII characters without '='");
      }
      return key.getBytes(StandardCharsets.US_ASCII);
    }
  }
}
