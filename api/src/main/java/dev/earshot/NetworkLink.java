package dev.earshot;

import java.util.Objects;

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
  /** Checks that there are a name and a type. */
  public NetworkLink {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
  }

  @Override
  public String toString() {
    return name;
  }
}
