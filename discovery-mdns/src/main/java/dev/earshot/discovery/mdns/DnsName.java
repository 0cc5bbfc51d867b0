package dev.earshot.discovery.mdns;

import dev.earshot.FramingException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A domain name as a list of labels, each of any bytes. Immutable.
 *
 * <p>Compares without regard to the case of ASCII letters (RFC 6762, section 16); keeps the case in
 * which it came. A label is at most 63 bytes and the name at most 255 on the wire (RFC 1035,
 * section 2.3.4).
 */
final class DnsName {
  static final int MAXIMUM_LABEL_BYTES = 63;
  static final int MAXIMUM_BYTES = 255;

  private final List<byte[]> labels;
  private final String key;

  private DnsName(List<byte[]> labels) {
    this.labels = List.copyOf(labels);
    this.key = key(labels);
  }

  /** The name of {@code labels}; whoever made them checked their lengths. */
  static DnsName ofLabels(List<byte[]> labels) throws FramingException {
    int bytes = 1;
    for (byte[] label : labels) {
      if (label.length == 0 || label.length > MAXIMUM_LABEL_BYTES) {
        throw new FramingException("DNS label of " + label.length + " bytes");
      }
      bytes += 1 + label.length;
    }
    if (bytes > MAXIMUM_BYTES) {
      throw new FramingException("DNS name of " + bytes + " bytes, limit " + MAXIMUM_BYTES);
    }
    return new DnsName(labels);
  }

  /** The name of {@code labels} that this program wrote itself. */
  static DnsName of(String... labels) {
    List<byte[]> bytes = new ArrayList<>();
    for (String label : labels) {
      bytes.add(label.getBytes(StandardCharsets.UTF_8));
    }
    try {
      return ofLabels(bytes);
    } catch (FramingException e) {
      throw new IllegalArgumentException(String.join(".", labels), e);
    }
  }

  /** This name with {@code label} instead of its first. */
  DnsName withFirst(String label) {
    return parent().under(label);
  }

  /** The name one level below this one. */
  DnsName under(String label) {
    List<byte[]> longer = new ArrayList<>();
    longer.add(label.getBytes(StandardCharsets.UTF_8));
    longer.addAll(labels);
    try {
      return ofLabels(longer);
    } catch (FramingException e) {
      throw new IllegalArgumentException(label + "." + this, e);
    }
  }

  /** The name without its first label; the root is its own parent. */
  DnsName parent() {
    return labels.isEmpty() ? this : new DnsName(labels.subList(1, labels.size()));
  }

  List<byte[]> labels() {
    return labels;
  }

  /**
   * The first label as text, if it is well-formed UTF-8 without control characters, as RFC 6763,
   * section 4.1.1 wants instance names to be.
   */
  Optional<String> firstLabel() {
    if (labels.isEmpty()) {
      return Optional.empty();
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(labels.get(0))).toString();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
    return text.chars().anyMatch(c -> c < 0x20 || c == 0x7F) ? Optional.empty() : Optional.of(text);
  }

  /** What equal names have in common: for maps, and not for reading. */
  String key() {
    return key;
  }

  private static String key(List<byte[]> labels) {
    ByteArrayOutputStream lower = new ByteArrayOutputStream();
    for (byte[] label : labels) {
      lower.write(label.length);
      for (byte b : label) {
        lower.write(b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b);
      }
    }
    return lower.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DnsName that && key.equals(that.key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (byte[] label : labels) {
      text.append(new String(label, StandardCharsets.UTF_8)).append('.');
    }
    return text.toString();
  }
}
