package dev.earshot.security.tls;

import dev.earshot.Endpoint;
import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.security.tls.pairing.Card;
import dev.earshot.security.tls.pairing.QrPicture;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A new key as a text that one side shows, mostly as a QR code, and the other reads: pairing
 * without a network, by a camera.
 *
 * <pre>{@code
 * PairingLink link = PairingLink.create("Den", List.of());
 * Files.write(file, link.qrPng(8));
 * peers.add(link.peer("Kitchen")); // here
 * peers.add(PairingLink.parse(scanned).peer()); // there
 * }</pre>
 *
 * <p><b>Whoever sees the code has the key.</b> It is private by being shown to one camera only, for
 * as long as that takes; do not send it, store it or print it. Other than with a {@link Pairing},
 * the side that shows it does not learn whether anybody read it, nor how often.
 *
 * <p>Immutable, but for the key, which may be destroyed. Prints no secrets.
 */
public final class PairingLink {
  /** What every link begins with, its version included. */
  private static final String PREFIX = "earshot-pair:1?";

  /** The longest link, in characters. */
  private static final int MAXIMUM_LENGTH = 2_000;

  private static final int MAXIMUM_HINTS = 8;
  private static final int KEY_BYTES = 32;
  private static final int IDENTITY_BYTES = 16;

  private final Card issuer;
  private final PreSharedKey key;
  private final List<Endpoint.HostPort> hints;

  private PairingLink(Card issuer, PreSharedKey key, List<Endpoint.HostPort> hints) {
    this.issuer = issuer;
    this.key = key;
    this.hints = List.copyOf(hints);
  }

  /**
   * A link with a new random key of 32 bytes.
   *
   * @param name what the side that makes it is called; 1 to 63 bytes of UTF-8, no control
   *     characters
   * @param hints where it can be reached if it cannot be found, at most eight
   */
  public static PairingLink create(String name, List<Endpoint.HostPort> hints) {
    if (hints.size() > MAXIMUM_HINTS) {
      throw new IllegalArgumentException(hints.size() + " hints, at most " + MAXIMUM_HINTS);
    }
    SecureRandom random = new SecureRandom();
    byte[] key = new byte[KEY_BYTES];
    byte[] identity = new byte[IDENTITY_BYTES];
    random.nextBytes(key);
    random.nextBytes(identity);
    String named = "earshot-" + HexFormat.of().formatHex(identity);
    PairingLink made = new PairingLink(new Card(name), PreSharedKey.of(named, key), hints);
    if (made.text().length() > MAXIMUM_LENGTH) {
      throw new IllegalArgumentException(
          "name and hints make a link of more than " + MAXIMUM_LENGTH + " characters");
    }
    return made;
  }

  /**
   * Reads a link.
   *
   * @throws FramingException if it is none; the text is not repeated, since it may hold a key
   */
  public static PairingLink parse(String text) throws FramingException {
    String link = text.strip();
    if (!link.startsWith(PREFIX) || link.length() > MAXIMUM_LENGTH) {
      throw new FramingException(
          "this is no pairing link: it begins with "
              + PREFIX
              + " and has at most "
              + MAXIMUM_LENGTH
              + " characters");
    }
    Parts parts = new Parts();
    try {
      for (String part : link.substring(PREFIX.length()).split("&", -1)) {
        int equals = part.indexOf('=');
        parts.take(part.substring(0, Math.max(0, equals)), part.substring(equals + 1));
      }
      return parts.link();
    } catch (IllegalArgumentException e) {
      throw new FramingException("this pairing link is damaged: scan it again");
    }
  }

  /** What a link has in it, each but the hints once; what is not known is left aside. */
  private static final class Parts {
    private Optional<Payload> identity = Optional.empty();
    private Optional<byte[]> key = Optional.empty();
    private Optional<String> name = Optional.empty();
    private final List<Endpoint.HostPort> hints = new ArrayList<>();

    void take(String what, String value) {
      switch (what) {
        case "id" -> identity = once(identity, Payload.wrap(Base64.getUrlDecoder().decode(value)));
        case "key" -> key = once(key, Base64.getUrlDecoder().decode(value));
        case "name" -> name = once(name, URLDecoder.decode(value, StandardCharsets.UTF_8));
        case "at" -> hints.add(address(URLDecoder.decode(value, StandardCharsets.UTF_8)));
        default -> {} // of a later version
      }
    }

    private static <T> Optional<T> once(Optional<T> before, T value) {
      if (before.isPresent()) {
        throw new IllegalArgumentException("twice");
      }
      return Optional.of(value);
    }

    PairingLink link() {
      if (hints.size() > MAXIMUM_HINTS) {
        throw new IllegalArgumentException("too many hints");
      }
      PreSharedKey made =
          PreSharedKey.of(
              identity.orElseThrow(IllegalArgumentException::new),
              key.orElseThrow(IllegalArgumentException::new));
      return new PairingLink(
          new Card(name.orElseThrow(IllegalArgumentException::new)), made, hints);
    }
  }

  private static Endpoint.HostPort address(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(0, colon));
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return Endpoint.hostPort(host, Integer.parseInt(text.substring(colon + 1)));
  }

  /** What the side that made it is called. */
  public String name() {
    return issuer.name();
  }

  /** The key. */
  public PreSharedKey key() {
    return key;
  }

  /** Where the side that made it can be reached, perhaps. */
  public List<Endpoint.HostPort> hints() {
    return hints;
  }

  /** The side that made the link, for the side that read it. */
  public PairedPeer peer() {
    return peer(issuer.name());
  }

  /** The side that will read it, for the side that made it, which must give it a name. */
  public PairedPeer peer(String name) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return new PairedPeer(new Card(name).name(), key, now, Optional.empty());
  }

  /** The link itself, with the key in it. */
  public String text() {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    StringBuilder link =
        new StringBuilder(PREFIX)
            .append("id=")
            .append(base64.encodeToString(key.identity().toByteArray()))
            .append("&key=")
            .append(key.<String>use(base64::encodeToString))
            .append("&name=")
            .append(URLEncoder.encode(issuer.name(), StandardCharsets.UTF_8));
    for (Endpoint.HostPort hint : hints) {
      link.append("&at=").append(URLEncoder.encode(hint.toString(), StandardCharsets.UTF_8));
    }
    return link.toString();
  }

  /**
   * The link as a QR code: a PNG picture.
   *
   * @param module the pixels along the side of each little square, 1 to 64; 8 is good on a screen
   */
  public byte[] qrPng(int module) {
    return new QrPicture(text()).png(module);
  }

  /** The link as a QR code: lines of half blocks, for a terminal that writes light on dark. */
  public String qrText() {
    return new QrPicture(text()).halfBlocks();
  }

  /** The name and the identity. */
  @Override
  public String toString() {
    return "PairingLink[" + peer() + "]";
  }
}
