package dev.earshot.whole;

import dev.earshot.security.tls.PairedPeers;
import dev.earshot.security.tls.PairingLink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A program that adds peers to a list, and says so of each, until it is ended or has added all. */
final class PeersWriter {
  private PeersWriter() {}

  /** The list, the name of the peers, and how many. */
  public static void main(String[] arguments) throws IOException {
    PairedPeers peers = PairedPeers.open(Path.of(arguments[0]));
    System.out.println("begins");
    for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
      String added =
          peers.add(PairingLink.create(arguments[1], List.of()).peer(arguments[1])).name();
      System.out.println("added " + added);
      System.out.flush();
    }
    System.out.println("all added");
  }
}
