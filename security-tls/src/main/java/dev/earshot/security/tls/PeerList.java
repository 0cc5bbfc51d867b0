package dev.earshot.security.tls;

import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.security.tls.pairing.Card;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Paired peers as lines of text, to be read by people too:
 *
 * <pre>
 * earshot-paired-peers 1
 * IDENTITY KEY PAIRED SEEN NAME
 * end COUNT DIGEST
 * </pre>
 *
 * <p>Identity, key and digest are hexadecimal, times are seconds since 1970 or {@code -}, the name
 * goes to the end of its line. The digest is SHA-256 over all bytes before its line, so that a file
 * of which a part is missing is noticed.
 */
final class PeerList {
  /** The most peers in a list. */
  static final int MAXIMUM_PEERS = 1_000;

  /** The longest file: a thousand of the longest lines fit. */
  static final int MAXIMUM_BYTES = 1 << 20;

  private static final String HEADER = "earshot-paired-peers 1";
  private static final HexFormat HEX = HexFormat.of();
  private static final String NEVER = "-";

  private PeerList() {}

  static byte[] write(List<PairedPeer> peers) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    peers.forEach(peer -> text.append(line(peer)).append('\n'));
    byte[] digest = digest(text.toString());
    text.append("end ").append(peers.size()).append(' ').append(HEX.formatHex(digest));
    return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String line(PairedPeer peer) {
    return String.join(
        " ",
        HEX.formatHex(peer.identity().toByteArray()),
        peer.key().<String>use(HEX::formatHex),
        Long.toString(peer.pairedAt().getEpochSecond()),
        peer.lastSeen().map(time -> Long.toString(time.getEpochSecond())).orElse(NEVER),
        peer.name());
  }

  /** Reads what {@link #write} wrote; {@code file} is named if it is something else. */
  static List<PairedPeer> read(byte[] bytes, Path file) throws PairedPeersCorruptException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (!text.startsWith(HEADER + "\n")) {
      throw new PairedPeersCorruptException(file, "it does not begin with '" + HEADER + "'");
    }
    int end = text.lastIndexOf("\nend ") + 1;
    if (end == 0 || !text.endsWith("\n")) {
      throw new PairedPeersCorruptException(file, "its end is missing");
    }
    String body = text.substring(0, end);
    List<String> lines = body.lines().skip(1).toList();
    String wanted = "end " + lines.size() + " " + HEX.formatHex(digest(body)) + "\n";
    if (!text.substring(end).equals(wanted)) {
      throw new PairedPeersCorruptException(file, "it was changed, or a part of it is missing");
    }
    return peers(lines, file);
  }

  private static List<PairedPeer> peers(List<String> lines, Path file)
      throws PairedPeersCorruptException {
    List<PairedPeer> peers = new ArrayList<>();
    Set<Payload> identities = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      int number = i + 2; // the header is line 1
      try {
        PairedPeer peer = peer(lines.get(i));
        if (!identities.add(peer.identity())) {
          throw new IllegalArgumentException("an identity twice");
        }
        peers.add(peer);
      } catch (IllegalArgumentException | DateTimeException e) {
        // Without the cause: its message may hold a piece of the line, which holds the key.
        throw new PairedPeersCorruptException(file, "line " + number + " is no peer");
      }
    }
    if (peers.size() > MAXIMUM_PEERS) {
      throw new PairedPeersCorruptException(file, "it has more than " + MAXIMUM_PEERS + " peers");
    }
    return List.copyOf(peers);
  }

  private static PairedPeer peer(String line) {
    String[] parts = line.split(" ", 5);
    if (parts.length != 5) {
      throw new IllegalArgumentException("five parts were expected");
    }
    PreSharedKey key =
        PreSharedKey.of(Payload.wrap(HEX.parseHex(parts[0])), HEX.parseHex(parts[1]));
    Optional<Instant> seen =
        parts[3].equals(NEVER) ? Optional.empty() : Optional.of(time(parts[3]));
    return new PairedPeer(new Card(parts[4]).name(), key, time(parts[2]), seen);
  }

  private static Instant time(String seconds) {
    return Instant.ofEpochSecond(Long.parseLong(seconds));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
