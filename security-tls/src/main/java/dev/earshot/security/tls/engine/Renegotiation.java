package dev.earshot.security.tls.engine;

import dev.earshot.security.tls.engine.ControlRecords.Verdict;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.HandshakeType;

/** TLS 1.2: a peer may ask for another handshake, and is told that there is none. */
final class Renegotiation implements LaterRules {
  /** In a connection's life; each makes us answer, and nobody obliges the peer to read answers. */
  private static final int MAXIMUM_REFUSALS = 8;

  private final boolean client;
  private int refusals;

  Renegotiation(boolean client) {
    this.client = client;
  }

  /** RFC 5246, 7.4.1.1 and 7.4.1.2: all that may come now, from a server and from a client. */
  @Override
  public boolean permits(int type) {
    return type == (client ? HandshakeType.hello_request : HandshakeType.client_hello);
  }

  @Override
  public boolean permitsLength(int type, int length) {
    return true;
  }

  @Override
  public Verdict complete(int type, int lastByte, boolean endsRecord) throws TlsFailure {
    refusals++;
    if (refusals > MAXIMUM_REFUSALS) {
      throw TlsFailure.corrupted(
          AlertDescription.unexpected_message,
          "more than " + MAXIMUM_REFUSALS + " wishes for another handshake",
          null);
    }
    return Verdict.REFUSE_RENEGOTIATION;
  }
}
