package dev.earshot.internal.path;

import dev.earshot.NetworkLink;
import dev.earshot.spi.LinkSource;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The links as the operating system lists them. Thread-safe; a look takes some milliseconds. */
public final class SystemLinks implements LinkSource {
  private static final System.Logger LOG = System.getLogger("dev.earshot.path");

  private final LinkKinds kinds = new LinkKinds(Path.of("/sys/class/net"));

  /** The operating system's links. */
  public SystemLinks() {}

  @Override
  public List<LinkState> links() {
    try {
      // An alias such as eth0:1 is no link of its own: its addresses are those of eth0.
      return NetworkInterface.networkInterfaces()
          .map(this::look)
          .flatMap(Optional::stream)
          .toList();
    } catch (SocketException e) {
      throw new UncheckedIOException("listing the network interfaces", e);
    }
  }

  private Optional<LinkState> look(NetworkInterface nif) {
    try {
      NetworkLink link = new NetworkLink(nif.getName(), nif.getIndex(), kinds.of(nif));
      return Optional.of(
          new LinkState(
              link,
              nif.inetAddresses().map(Addresses::withoutNeedlessScope).toList(),
              nif.isUp(),
              nif.supportsMulticast(),
              nif.isPointToPoint()));
    } catch (SocketException e) {
      // It was removed since it was listed: then it is not a link any more.
      LOG.log(Level.DEBUG, () -> "link " + nif.getName() + " went away: " + e.getMessage());
      return Optional.empty();
    }
  }
}
