package dev.earshot.spi;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import java.util.Optional;
import java.util.Set;

/**
 * Which links may be used. Immutable.
 *
 * @param required the only one, if there is one
 * @param prohibited the kinds that may not be used
 * @param includePeerToPeer whether {@linkplain NetworkLink#isPeerToPeer() peer-to-peer} links may
 *     be used; a required link may be in any case
 */
public record LinkFilter(
    Optional<NetworkLink> required, Set<LinkType> prohibited, boolean includePeerToPeer) {
  /** Copies the kinds. */
  public LinkFilter {
    prohibited = Set.copyOf(prohibited);
  }

  /** A filter that leaves peer-to-peer links out. */
  public LinkFilter(Optional<NetworkLink> required, Set<LinkType> prohibited) {
    this(required, prohibited, false);
  }

  /** What {@code parameters} say. */
  public static LinkFilter of(Parameters parameters) {
    return new LinkFilter(
        parameters.requiredLink(),
        parameters.prohibitedLinkTypes(),
        parameters.includePeerToPeer());
  }

  /** Whether {@code link} may be used; a required link is recognised by its name. */
  public boolean permits(NetworkLink link) {
    return !prohibited.contains(link.type())
        && required
            .map(wanted -> wanted.name().equals(link.name()))
            .orElse(includePeerToPeer || !link.isPeerToPeer());
  }
}
