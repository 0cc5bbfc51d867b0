package dev.earshot.transport.netty;

import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.TrustRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.PeerTrust;
import dev.earshot.spi.PeerTrust.Refusal;
import io.netty.handler.ssl.OpenSslCertificateException;
import java.io.ByteArrayInputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether the peer of one handshake is trusted. What can be said at once is said inside the
 * handshake; whatever may take its time is asked when that is over, before anything is told of the
 * group. No thread waits for it.
 */
@LoopConfined
final class QuicJudgement {
  private static final int BAD_CERTIFICATE = 42;

  /** X509_V_ERR_CERT_REJECTED, of which the engine makes the alert bad_certificate. */
  private static final int REJECTED = 28;

  private static final int CERTIFICATE_EXPIRED = 45;

  private final Loop loop;
  private final PeerTrust trust;
  private final Endpoint endpoint;
  private final boolean accepting;
  private @Nullable Refusal refusal;
  private PeerTrust.@Nullable Verdict verdict;
  private Loop.@Nullable Timer deadline;
  private boolean over;

  /**
   * About the peer at {@code endpoint}.
   *
   * @param accepting whether this side accepts
   */
  QuicJudgement(Loop loop, PeerTrust trust, Endpoint endpoint, boolean accepting) {
    this.loop = loop;
    this.trust = trust;
    this.endpoint = endpoint;
    this.accepting = accepting;
  }

  /**
   * Inside the handshake the peer shows {@code certificates}.
   *
   * @throws CertificateException if it is refused, which makes the engine send an alert
   */
  void shown(Certificate[] certificates) throws CertificateException {
    List<X509Certificate> chain = read(certificates);
    Refusal found = trust.objection(chain).orElse(null);
    if (found != null) {
      refusal = found;
      throw found.alert() == CERTIFICATE_EXPIRED
          ? new CertificateExpiredException(found.words())
          : new OpenSslCertificateException(found.words(), REJECTED);
    }
  }

  /** Why this side has refused the peer; null if it has not. */
  @Nullable Refusal refusal() {
    return refusal;
  }

  /**
   * Asks who decides; {@code then} gets the verdict, later or inside this call.
   *
   * @param chain what the peer has proved to own, read
   */
  void decide(List<X509Certificate> chain, Executor workers, Consumer<Optional<Refusal>> then) {
    // Again, since a session that was resumed has not shown anything.
    Optional<Refusal> objection = trust.objection(chain);
    if (objection.isPresent()) {
      then.accept(objection);
      return;
    }
    PeerTrust.Verdict asked =
        trust.about(
            new TrustRequest(chain, endpoint, accepting, Optional.of("TLSv1.3"), Optional.empty()));
    verdict = asked;
    deadline = loop.schedule(asked.patience(), asked::tooLate);
    asked.reached().thenAccept(reached -> onLoop(() -> settle(reached, then)));
    try {
      workers.execute(asked::ask);
    } catch (RejectedExecutionException closed) {
      asked.tooLate();
    }
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException closed) {
      // The transport is closed, and with it what was judged.
      System.getLogger(QuicJudgement.class.getName())
          .log(System.Logger.Level.TRACE, "a verdict came too late", closed);
    }
  }

  private void settle(Optional<Refusal> reached, Consumer<Optional<Refusal>> then) {
    stopDeadline();
    if (!over) {
      over = true;
      then.accept(reached);
    }
  }

  /** Why it takes so long, as far as can be guessed. */
  Optional<HandshakeException> suspicion(String peer) {
    PeerTrust.Verdict open = verdict;
    if (open == null || over) {
      return Optional.empty();
    }
    Refusal late = open.late();
    return Optional.of(QuicErrors.failure(late.reason(), peer, late.words(), null));
  }

  /** Nobody wants to know any more. */
  void end() {
    over = true;
    stopDeadline();
    if (verdict != null) {
      verdict.tooLate();
    }
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }

  /**
   * {@code certificates}, which the engine reads only when they are looked at, as the JDK's.
   *
   * @throws CertificateException if there are too many, or one cannot be read
   */
  List<X509Certificate> read(Certificate[] certificates) throws CertificateException {
    if (certificates.length == 0 || certificates.length > Identity.MAXIMUM_CHAIN) {
      throw unreadable("the peer has shown a chain of " + certificates.length + " certificates");
    }
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Certificate certificate : certificates) {
        chain.add(
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(certificate.getEncoded())));
        chain.get(chain.size() - 1).getPublicKey(); // may throw at last
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw unreadable("the peer has shown a certificate that cannot be read");
    }
    return chain;
  }

  private CertificateException unreadable(String words) {
    refusal = new Refusal(Reason.PROTOCOL_ERROR, BAD_CERTIFICATE, words);
    return new OpenSslCertificateException(words, REJECTED);
  }
}
