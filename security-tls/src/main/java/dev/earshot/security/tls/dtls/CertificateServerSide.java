package dev.earshot.security.tls.dtls;

import dev.earshot.Identity;
import dev.earshot.NetworkException;
import dev.earshot.Security;
import dev.earshot.security.tls.pki.TrustJudge;
import dev.earshot.spi.DatagramSecurity;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** The accepting side of a handshake with certificates (RFC 6347, RFC 5246, RFC 8422). */
final class CertificateServerSide implements HandshakeSide {
  private static final int NAMED_CURVE = 3;
  private static final int MOST_SHARE_BYTES = 255;
  private static final int SIGNATURE_ALGORITHMS = 13;

  /** RFC 8422, section 5.5: ecdsa_sign stands for Ed25519 too; then rsa_sign. */
  private static final byte[] CERTIFICATE_TYPES = {64, 1};

  private final Line line;
  private final Identity identity;
  private final boolean clientCertificateRequired;
  private final PeerJudgement judgement;
  private final BcTlsCrypto crypto;
  private final byte[] random = new byte[Hello.RANDOM_BYTES];
  private final Transcript transcript = Transcript.withMessages();

  private Stage stage = Stage.HELLO;
  private int nextNumber;
  private @Nullable Hello hello;
  private @Nullable CertificateSuite suite;
  private @Nullable KeyAgreement agreement;
  private @Nullable TlsSecret master;
  private boolean judged;
  private boolean finished;

  private enum Stage {
    HELLO,
    CERTIFICATE,
    KEY_EXCHANGE,
    PROOF,
    FINISHED_AWAITED,
    OVER
  }

  CertificateServerSide(
      Line line,
      DatagramSecurity.Place place,
      Security.Pki security,
      TrustJudge judge,
      SecureRandom secure) {
    this.line = line;
    this.identity = security.identity().orElseThrow();
    this.clientCertificateRequired = security.clientCertificateRequired();
    this.judgement = new PeerJudgement(place, judge, true);
    this.judged = !clientCertificateRequired;
    this.crypto = new BcTlsCrypto(secure);
    secure.nextBytes(random);
  }

  @Override
  public void begin() {
    // The client speaks first.
  }

  @Override
  public int longestMessage() {
    return MessageAssembly.LONGEST_WITH_CERTIFICATES;
  }

  @Override
  public void message(HandshakeMessage message) throws DtlsFailure {
    switch (message.type()) {
      case HandshakeMessage.CLIENT_HELLO -> {
        require(stage == Stage.HELLO, message);
        hello(message);
      }
      case HandshakeMessage.CERTIFICATE -> {
        require(stage == Stage.CERTIFICATE, message);
        transcript.add(message);
        List<X509Certificate> chain = Certificates.read(message.body());
        if (chain.isEmpty()) {
          throw CertificateWords.noCertificate();
        }
        judgement.shown(chain);
        stage = Stage.KEY_EXCHANGE;
      }
      case HandshakeMessage.CLIENT_KEY_EXCHANGE -> {
        require(stage == Stage.KEY_EXCHANGE, message);
        transcript.add(message);
        keyExchange(new Fields(message.body()));
      }
      case HandshakeMessage.CERTIFICATE_VERIFY -> {
        require(stage == Stage.PROOF, message);
        proof(message);
      }
      case HandshakeMessage.FINISHED -> {
        require(stage == Stage.FINISHED_AWAITED && !finished, message);
        finished(message);
      }
      default -> throw PskWords.unexpected(message);
    }
  }

  private static void require(boolean inTurn, HandshakeMessage message) throws DtlsFailure {
    if (!inTurn) {
      throw PskWords.unexpected(message);
    }
  }

  private void hello(HandshakeMessage message) throws DtlsFailure {
    Hello come = Hello.read(message.body());
    // Versions of DTLS count down (RFC 6347, section 4.1).
    if (come.version() >>> 8 != 0xFE || come.version() > Hello.VERSION_1_2) {
      throw CertificateWords.wrongVersion();
    }
    boolean rsa = identity.certificate().getPublicKey().getAlgorithm().startsWith("RSA");
    CertificateSuite chosen =
        CertificateSuite.choose(come.suites(), rsa).orElseThrow(CertificateWords::noCommonSuite);
    int group = KeyAgreement.commonGroup(come).orElseThrow(CertificateWords::noCommonSuite);
    SignatureKind kind =
        SignatureKind.of(identity.certificate().getPublicKey(), taken(come))
            .orElseThrow(CertificateWords::noCommonSuite);
    hello = come;
    suite = chosen;
    transcript.add(message);
    transcript.hashWith(chosen.hash());
    nextNumber = message.number(); // as many as the client's: the answer before had the first
    KeyAgreement ours = new KeyAgreement(crypto, group);
    agreement = ours;
    Flight flight = new Flight();
    add(flight, HandshakeMessage.SERVER_HELLO, Hellos.server(come, random, chosen.code(), true));
    add(flight, HandshakeMessage.CERTIFICATE, Certificates.write(identity.chain()));
    add(flight, HandshakeMessage.SERVER_KEY_EXCHANGE, share(come, ours, kind));
    if (clientCertificateRequired) {
      byte[] request =
          new MessageWriter()
              .vector1(CERTIFICATE_TYPES)
              .bytes(SignatureKind.codes())
              .vector2(new byte[0]) // whoever signed them
              .done();
      add(flight, HandshakeMessage.CERTIFICATE_REQUEST, request);
    }
    add(flight, HandshakeMessage.SERVER_HELLO_DONE, new byte[0]);
    stage = clientCertificateRequired ? Stage.CERTIFICATE : Stage.KEY_EXCHANGE;
    line.send(flight);
  }

  private static List<Integer> taken(Hello come) throws DtlsFailure {
    byte[] offered = come.extensions().get(SIGNATURE_ALGORITHMS);
    List<Integer> codes = new ArrayList<>();
    if (offered != null) { // else SHA-1 is meant (RFC 5246, section 7.4.1.4.1), which is not ours
      Fields list = new Fields(new Fields(offered).vector2(offered.length));
      while (!list.isAtEnd()) {
        codes.add(list.number2());
      }
    }
    return codes;
  }

  private byte[] share(Hello come, KeyAgreement ours, SignatureKind kind) throws DtlsFailure {
    byte[] signed =
        new MessageWriter().number1(NAMED_CURVE).number2(ours.group()).vector1(ours.share()).done();
    byte[] signature = kind.sign(identity.privateKey(), come.random(), random, signed);
    return new MessageWriter().bytes(signed).number2(kind.code()).vector2(signature).done();
  }

  private void add(Flight flight, int type, byte[] body) {
    HandshakeMessage message = new HandshakeMessage(type, nextNumber++, body);
    transcript.add(message);
    flight.add(message, 0);
  }

  private void keyExchange(Fields fields) throws DtlsFailure {
    byte[] peerShare = fields.vector1(MOST_SHARE_BYTES);
    fields.end();
    KeyAgreement ours = agreement;
    Hello come = hello;
    if (ours == null || come == null) {
      throw new IllegalStateException("nothing is agreed on");
    }
    byte[] hash = come.has(Hello.EXTENDED_MASTER_SECRET) ? transcript.hash() : null;
    KeySchedule schedule =
        new KeySchedule(
            crypto,
            new KeySchedule.Inputs(
                suite().algorithm(),
                suite().hash(),
                come.random(),
                random,
                hash,
                ours.secret(peerShare)));
    TlsSecret made = schedule.master();
    schedule.wipe();
    master = made;
    stage = clientCertificateRequired ? Stage.PROOF : Stage.FINISHED_AWAITED;
    line.keys(schedule.protection(made, true));
  }

  private void proof(HandshakeMessage message) throws DtlsFailure {
    Fields fields = new Fields(message.body());
    int code = fields.number2();
    byte[] signature = fields.vector2(MessageAssembly.LONGEST);
    fields.end();
    X509Certificate certificate = judgement.chain().get(0);
    if (!SignatureKind.isProof(
        code, signature, certificate.getPublicKey(), transcript.messages())) {
      throw CertificateWords.wrongProof();
    }
    transcript.add(message);
    stage = Stage.FINISHED_AWAITED;
    judgement.ask(suite().name(), this::trusted, line);
  }

  private void trusted() {
    judged = true;
    conclude();
  }

  private void finished(HandshakeMessage message) throws DtlsFailure {
    TlsSecret secret = master;
    if (secret == null) {
      throw PskWords.unexpected(message);
    }
    byte[] expected = KeySchedule.verifyData(secret, suite().hash(), false, transcript.hash());
    if (!MessageDigest.isEqual(expected, message.body())) {
      throw PskWords.wrongFinished();
    }
    transcript.add(message);
    finished = true;
    conclude();
  }

  /** The peer has finished, and is trusted: both have to be so, whichever comes first. */
  private void conclude() {
    TlsSecret secret = master;
    if (!judged || !finished || secret == null || stage != Stage.FINISHED_AWAITED) {
      return;
    }
    byte[] proof = KeySchedule.verifyData(secret, suite().hash(), true, transcript.hash());
    Flight flight = new Flight();
    flight.addNewEpoch();
    flight.add(new HandshakeMessage(HandshakeMessage.FINISHED, nextNumber++, proof), 1);
    stage = Stage.OVER;
    line.send(flight);
    line.done(judgement.metadata(suite().name()));
  }

  private CertificateSuite suite() {
    if (suite == null) {
      throw new IllegalStateException("no suite is agreed on");
    }
    return suite;
  }

  @Override
  public void unreadable(byte[] datagram, int record, int length) {
    // Both sides prove who they are with signatures: there is no key to be wrong.
  }

  @Override
  public DtlsFailure received(int alert) {
    return CertificateWords.received(alert, suite != null);
  }

  @Override
  public Optional<NetworkException> suspicion(String peer) {
    return judgement.suspicion(peer);
  }

  @Override
  public void release() {
    stage = Stage.OVER;
    judgement.end();
    if (master != null) {
      master.destroy();
      master = null;
    }
  }
}
