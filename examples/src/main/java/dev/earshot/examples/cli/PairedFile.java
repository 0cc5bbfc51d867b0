package dev.earshot.examples.cli;

import dev.earshot.PskSource;
import dev.earshot.security.tls.PairedPeer;
import dev.earshot.security.tls.PairedPeers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The list of this user's paired peers: beside the key file. */
final class PairedFile {
  private PairedFile() {}

  /** Where the list is. */
  static Path standard() {
    return KeyFile.standard().resolveSibling("paired");
  }

  static PairedPeers open() throws IOException {
    return PairedPeers.open(standard());
  }

  /** The one called {@code name}. */
  static PairedPeer named(PairedPeers peers, String name) throws IOException {
    return peers
        .named(name)
        .orElseThrow(() -> new IllegalArgumentException(nobodyCalled(peers, name)));
  }

  /**
   * The keys for a program that talks with paired peers.
   *
   * @param name with whom connections are made; null if there is one only
   */
  static PskSource source(PairedPeers peers, @Nullable String name) throws IOException {
    List<PairedPeer> all = peers.list();
    if (all.isEmpty()) {
      throw new IllegalStateException(
          "nobody is paired with this computer: begin with 'earshot pair --show'");
    }
    if (name == null && all.size() > 1) {
      throw new IllegalArgumentException(
          "several are paired; say with whom: --paired-with one of " + names(all));
    }
    return name == null ? peers : peers.dialling(named(peers, name));
  }

  private static String nobodyCalled(PairedPeers peers, String name) {
    try {
      return "nobody called '" + name + "' is paired; there are " + names(peers.list());
    } catch (IOException e) {
      return "nobody called '" + name + "' is paired, and " + Earshot.explain(e);
    }
  }

  private static List<String> names(List<PairedPeer> peers) {
    return peers.stream().map(PairedPeer::name).toList();
  }
}
