package dev.earshot.testing;

import dev.earshot.NetworkLink;
import dev.earshot.NetworkPath;
import java.net.InetSocketAddress;
import java.util.Optional;

/** The path of one connection as each of its ends sees it. */
record MemoryPaths(NetworkPath dialling, NetworkPath dialled) {

  static MemoryPaths between(
      InetSocketAddress from, NetworkLink fromLink, InetSocketAddress to, NetworkLink toLink) {
    return new MemoryPaths(path(from, fromLink, to), path(to, toLink, from));
  }

  MemoryPaths withoutLinks() {
    return new MemoryPaths(withoutLink(dialling), withoutLink(dialled));
  }

  private static NetworkPath withoutLink(NetworkPath path) {
    return new NetworkPath(
        path.status(), Optional.empty(), path.localEndpoint(), path.remoteEndpoint());
  }

  private static NetworkPath path(
      InetSocketAddress local, NetworkLink link, InetSocketAddress remote) {
    return new NetworkPath(
        NetworkPath.Status.SATISFIED, Optional.of(link), Optional.of(local), Optional.of(remote));
  }
}
