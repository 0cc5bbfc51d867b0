package dev.earshot.examples.pairing;

import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Security;
import dev.earshot.security.tls.PairedPeer;
import dev.earshot.security.tls.PairedPeers;
import dev.earshot.security.tls.Pairing;
import dev.earshot.security.tls.PairingOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** The code that docs/pairing.md shows. */
public final class PairAndTalk {
  private PairAndTalk() {}

  /** Shows a code on {@code screen}. */
  public static CompletableFuture<PairedPeer> show(
      Network network,
      PairingOptions options,
      Pairing.Handler handler,
      Executor queue,
      Consumer<String> screen) {
    Pairing pairing = Pairing.show(network, options);
    pairing.start(handler, queue);
    screen.accept(pairing.code()); // "482 913"
    return pairing.paired();
  }

  /** Tries what was {@code typed}. */
  public static CompletableFuture<PairedPeer> enter(
      Network network, Endpoint shownAt, String typed, PairingOptions options, Executor queue) {
    Pairing.Handler handler = new Pairing.Handler() {};
    Pairing pairing = Pairing.enter(network, shownAt, typed, options);
    pairing.start(handler, queue);
    return pairing.paired();
  }

  /** Keeps {@code peer}, and accepts connections of everybody who was kept. */
  public static Parameters accepting(Path file, PairedPeer peer) throws IOException {
    PairedPeers peers = PairedPeers.open(file);
    peers.add(peer);
    return Parameters.webSocket().security(Security.psk(peers)).build();
  }

  /** Connects with the key of {@code peer}. */
  public static Parameters connecting(PairedPeer peer) {
    return Parameters.webSocket().security(Security.psk(peer.key())).build();
  }
}
