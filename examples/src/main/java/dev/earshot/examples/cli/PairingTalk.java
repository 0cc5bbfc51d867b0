package dev.earshot.examples.cli;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.security.tls.Pairing;
import dev.earshot.security.tls.PairingException;
import java.io.PrintWriter;

/** Tells the user how a pairing goes. */
final class PairingTalk implements Pairing.Handler {
  private final PrintWriter out;
  private boolean shown; // only on the queue

  PairingTalk(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void stateUpdated(Pairing pairing, Pairing.State state) {
    if (state instanceof Pairing.State.Open && !shown) {
      shown = true;
      say("");
      say("    " + pairing.code());
      say("");
      say(
          "Type it on the other computer within "
              + Pairing.CODE_LIFE.toMinutes()
              + " minutes: earshot pair --enter '"
              + pairing.code()
              + "'");
      say("port " + pairing.port().orElse(0));
    } else if (state instanceof Pairing.State.Exchanging) {
      say("* somebody is there ...");
    }
  }

  @Override
  public void tryFailed(Pairing pairing, PairingException cause, int triesLeft) {
    say("* " + cause.getMessage());
  }

  @Override
  public void advertised(Pairing pairing, Endpoint.Bonjour endpoint) {
    say("others find this as " + endpoint.name());
  }

  @Override
  public void advertisingFailed(Pairing pairing, NetworkException cause) {
    say("* " + cause.getMessage());
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
