package dev.earshot;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A network interface of this computer, by name. Immutable.
 *
 * <p>{@link Network#links()} lists those that are up.
 *
 * @param name the name that the operating system gives it, such as {@code eth0}
 * @param index the index that the operating system gives it, such as an IPv6 scope id uses
 * @param type the kind of link, as well as it can be told
 */
public record NetworkLink(String name, int index, LinkType type) {
  // Apple Wireless Direct Link and its companion for low latency; Wi-Fi Direct (Linux, Android).
  private static final Pattern PEER_TO_PEER = Pattern.compile("(awdl\\d|llw\\d|p2p[-\\d]).*");

  /** Checks that there are a name and a type. */
  public NetworkLink {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
  }

  /**
   * Whether it joins devices without a network between them, as Apple Wireless Direct Link and
   * Wi-Fi Direct do; told by its name. See {@link Parameters#includePeerToPeer()}.
   */
  public boolean isPeerToPeer() {
    return PEER_TO_PEER.matcher(name).matches();
  }

  @Override
  public String toString() {
    return name;
  }
}
