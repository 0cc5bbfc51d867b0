package dev.earshot.transport.netty;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.PeerTrust.Refusal;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What follows the handshake that the engine makes: who decides about the peer is asked. */
@LoopConfined
final class QuicOpening implements Dial {
  private final NettyLoop loop;
  private final QuicGroup group;
  private final Events events;

  /** When it was asked whether to trust the peer. */
  private long asked;

  private boolean over;

  QuicOpening(NettyLoop loop, QuicGroup group, Events events) {
    this.loop = loop;
    this.group = group;
    this.events = events;
  }

  /** The engine has agreed with the peer. */
  void established() {
    SSLEngine engine = group.channel().sslEngine();
    if (over || engine == null) {
      return;
    }
    asked = loop.nanoTime();
    QuicFacts facts = group.facts();
    List<X509Certificate> chain;
    try {
      chain = facts.judgement().read(engine.getSession().getPeerCertificates());
    } catch (SSLPeerUnverifiedException nobodyAsked) {
      loop.execute(() -> ready(engine, List.of()));
      return;
    } catch (CertificateException e) {
      String words = String.valueOf(e.getMessage());
      loop.execute(() -> refused(new Refusal(Reason.PROTOCOL_ERROR, 42, words)));
      return;
    }
    facts
        .judgement()
        .decide(
            chain,
            facts.workers(),
            // Later: the engine has more to say about the packet that brought the agreement.
            verdict -> loop.execute(() -> decided(engine, chain, verdict)));
  }

  private void decided(SSLEngine engine, List<X509Certificate> chain, Optional<Refusal> verdict) {
    if (verdict.isPresent()) {
      refused(verdict.get());
    } else {
      ready(engine, chain);
    }
  }

  private void refused(Refusal refusal) {
    if (!over) {
      over = true;
      group.abort(false, QuicErrors.FIRST_ALERT + refusal.alert());
      events.failed(group.facts().refused(refusal));
    }
  }

  private void ready(SSLEngine engine, List<X509Certificate> chain) {
    if (over) {
      return;
    }
    over = true;
    SSLSession session = engine.getSession();
    group.ready(
        Optional.of(
            new SecurityMetadata(
                session.getProtocol(),
                session.getCipherSuite(),
                Optional.empty(),
                chain,
                Optional.ofNullable(engine.getApplicationProtocol())
                    .filter(name -> !name.isEmpty()))),
        Duration.ofNanos(loop.nanoTime() - asked));
    events.ready(group);
  }

  /** It did not come about. */
  void failed(NetworkException cause) {
    if (!over) {
      over = true;
      events.failed(cause);
    }
  }

  @Override
  public Optional<NetworkException> suspicion() {
    return group.facts().judgement().suspicion(group.peer()).map(late -> late);
  }

  @Override
  public void cancel() {
    loop.assertInLoop();
    if (!over) {
      over = true;
      group.abort();
    }
  }
}
