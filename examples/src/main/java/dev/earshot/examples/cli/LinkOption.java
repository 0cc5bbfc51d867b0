package dev.earshot.examples.cli;

import dev.earshot.LinkType;
import dev.earshot.Network;
import dev.earshot.NetworkLink;
import dev.earshot.UnreachableException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where to be seen. */
final class LinkOption {
  @Option(
      names = {"-i", "--interface"},
      paramLabel = "NAME",
      description =
          "Use this network interface only, such as eth0, or lo to stay on this computer.")
  private @Nullable String name;

  /** The link that was named, if one was. */
  Optional<NetworkLink> find(Network network) throws UnreachableException {
    return name == null ? Optional.empty() : Optional.of(network.link(name));
  }

  /** The link that was named, or else loopback. */
  NetworkLink findOrLoopback(Network network) throws UnreachableException {
    Optional<NetworkLink> named = find(network);
    if (named.isPresent()) {
      return named.get();
    }
    return network.links().stream()
        .filter(link -> link.type() == LinkType.LOOPBACK)
        .findFirst()
        .orElseThrow(
            () -> new UnreachableException("there is no loopback interface; name one with -i"));
  }
}
