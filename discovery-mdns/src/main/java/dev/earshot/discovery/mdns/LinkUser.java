package dev.earshot.discovery.mdns;

import dev.earshot.NetworkException;
import dev.earshot.spi.LinkFilter;
import java.util.List;

/** Something that is under way on some links; called on the loop. */
interface LinkUser {
  /** Which links it wants. */
  LinkFilter filter();

  /**
   * These are the links now; told once at first, and whenever they are other ones.
   *
   * @param why what is missing, for when {@code links} is empty
   */
  void linksChanged(List<LinkResponder> links, NetworkException why);

  /** A link that it uses has got, lost or not got its engine. */
  void engineChanged(LinkResponder link);

  /** Other records are held on a link that it uses. */
  default void recordsChanged(LinkResponder link) {}
}
