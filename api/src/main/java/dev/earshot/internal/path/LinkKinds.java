package dev.earshot.internal.path;

import dev.earshot.LinkType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Guesses what kind of link an interface is: from what Linux says under {@code /sys/class/net},
 * else from what it is called. Immutable.
 */
final class LinkKinds {
  private static final Pattern TUNNEL_NAME =
      Pattern.compile(
          "(tun|tap|utun|ipsec|wg|gre|gif|stf|sit|ppp|veth|vmnet|vboxnet|tailscale|zt).*");
  private static final Pattern BRIDGE_NAME =
      Pattern.compile("(br|bridge|docker|virbr|cni|podman|lxc)[-\\d].*");
  private static final Pattern WIFI_NAME = Pattern.compile("(wl|wifi|ath|ra\\d|awdl|llw).*");
  private static final Pattern CELLULAR_NAME = Pattern.compile("(ww|rmnet|pdp_ip|ccmni).*");
  private static final Pattern WIRED_NAME = Pattern.compile("(eth|en|em|lan|igb|re\\d).*");

  // What Windows calls adapters; the order matters, since names such as "Hyper-V Virtual Ethernet
  // Adapter" say more than one thing.
  private static final Pattern VIRTUAL_TEXT =
      Pattern.compile(".*(hyper-v|virtualbox|vmware|tap-|virtual|wireguard|vpn|bluetooth).*");
  private static final Pattern WIFI_TEXT =
      Pattern.compile(".*(wi-?fi|wireless|wlan|802\\.11|airport).*");
  private static final Pattern CELLULAR_TEXT =
      Pattern.compile(".*(mobile broadband|cellular|wwan|\\blte\\b).*");
  private static final Pattern WIRED_TEXT = Pattern.compile(".*(ethernet|gigabit|\\bgbe\\b).*");

  private final Path sysfs;

  LinkKinds(Path sysfs) {
    this.sysfs = sysfs;
  }

  LinkType of(NetworkInterface nif) throws SocketException {
    if (nif.isLoopback()) {
      return LinkType.LOOPBACK;
    }
    String text = Optional.ofNullable(nif.getDisplayName()).orElse("");
    return nif.isPointToPoint() ? LinkType.OTHER : of(nif.getName(), text);
  }

  /** The kind of the link called {@code name} that the system describes as {@code text}. */
  LinkType of(String name, String text) {
    return fromSystem(name)
        .or(() -> fromText(text.equals(name) ? "" : text.toLowerCase(Locale.ROOT)))
        .or(() -> fromName(name))
        .orElse(LinkType.OTHER);
  }

  private Optional<LinkType> fromSystem(String name) {
    Path directory = sysfs.resolve(name);
    if (Files.isDirectory(directory.resolve("wireless"))
        || Files.exists(directory.resolve("phy80211"))) {
      return Optional.of(LinkType.WIFI);
    }
    return switch (deviceType(directory.resolve("uevent"))) {
      case "wlan" -> Optional.of(LinkType.WIFI);
      case "wwan" -> Optional.of(LinkType.CELLULAR);
      case "" -> Optional.empty();
      default -> Optional.of(LinkType.OTHER); // bridge, vlan, bond, vxlan, wireguard ...
    };
  }

  private static String deviceType(Path uevent) {
    if (!Files.isReadable(uevent)) {
      return "";
    }
    try {
      List<String> lines = Files.readAllLines(uevent);
      return lines.stream()
          .filter(line -> line.startsWith("DEVTYPE="))
          .map(line -> line.substring("DEVTYPE=".length()))
          .findFirst()
          .orElse("");
    } catch (IOException | UncheckedIOException e) {
      return ""; // the link went away while it was looked at: nothing more can be told
    }
  }

  private static Optional<LinkType> fromText(String text) {
    if (VIRTUAL_TEXT.matcher(text).matches()) {
      return Optional.of(LinkType.OTHER);
    }
    if (WIFI_TEXT.matcher(text).matches()) {
      return Optional.of(LinkType.WIFI);
    }
    if (CELLULAR_TEXT.matcher(text).matches()) {
      return Optional.of(LinkType.CELLULAR);
    }
    return WIRED_TEXT.matcher(text).matches() ? Optional.of(LinkType.WIRED) : Optional.empty();
  }

  private static Optional<LinkType> fromName(String name) {
    if (TUNNEL_NAME.matcher(name).matches() || BRIDGE_NAME.matcher(name).matches()) {
      return Optional.of(LinkType.OTHER);
    }
    if (WIFI_NAME.matcher(name).matches()) {
      return Optional.of(LinkType.WIFI);
    }
    if (CELLULAR_NAME.matcher(name).matches()) {
      return Optional.of(LinkType.CELLULAR);
    }
    return WIRED_NAME.matcher(name).matches() ? Optional.of(LinkType.WIRED) : Optional.empty();
  }
}
