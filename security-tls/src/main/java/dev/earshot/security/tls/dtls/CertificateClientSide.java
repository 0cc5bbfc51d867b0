package dev.earshot.security.tls.dtls;

import dev.earshot.Endpoint;
import dev.earshot.Identity;
import dev.earshot.NetworkException;
import dev.earshot.security.tls.pki.TrustJudge;
import dev.earshot.spi.DatagramSecurity;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** The connecting side of a handshake with certificates (RFC 6347, RFC 5246, RFC 8422). */
final class CertificateClientSide implements HandshakeSide {
  private static final int MOST_COOKIES = 3;
  private static final int MOST_COOKIE_BYTES = 255;
  private static final int MOST_SHARE_BYTES = 255;
  private static final int MOST_TYPES = 255;
  private static final int NAMED_CURVE = 3;
  private static final int SIGNATURE_ALGORITHMS = 13;

  private final Line line;
  private final Optional<Identity> identity;
  private final List<CertificateSuite> suites;
  private final Endpoint endpoint;
  private final PeerJudgement judgement;
  private final BcTlsCrypto crypto;
  private final byte[] random = new byte[Hello.RANDOM_BYTES];
  private final Transcript transcript = Transcript.withMessages();

  private Stage stage = Stage.HELLO;
  private int nextNumber;
  private int cookies;
  private Hellos.@Nullable Answer answer;
  private @Nullable CertificateSuite suite;
  private @Nullable KeyAgreement agreement;
  private byte[] agreed = {};
  private boolean asked;
  private List<Integer> taken = List.of();
  private @Nullable TlsSecret master;

  private enum Stage {
    HELLO,
    CERTIFICATE,
    KEY_EXCHANGE,
    REQUEST_OR_DONE,
    JUDGING,
    FINISHED_AWAITED,
    OVER
  }

  CertificateClientSide(
      Line line,
      DatagramSecurity.Place place,
      Optional<Identity> identity,
      List<CertificateSuite> suites,
      TrustJudge judge,
      SecureRandom secure) {
    this.line = line;
    this.identity = identity;
    this.suites = suites;
    this.endpoint = place.endpoint();
    this.judgement = new PeerJudgement(place, judge, false);
    this.crypto = new BcTlsCrypto(secure);
    secure.nextBytes(random);
  }

  @Override
  public void begin() {
    sayHello(new byte[0]);
  }

  private void sayHello(byte[] cookie) {
    byte[] extensions =
        Hellos.clientExtensions(true)
            .bytes(Hellos.serverName(endpoint))
            .extension(SIGNATURE_ALGORITHMS, SignatureKind.codes())
            .done();
    HandshakeMessage hello =
        new HandshakeMessage(
            HandshakeMessage.CLIENT_HELLO,
            nextNumber++,
            Hellos.client(random, cookie, CertificateSuite.codes(suites), extensions));
    transcript.reset(); // RFC 6347, section 4.2.1: the first hello and its answer do not count
    transcript.add(hello);
    Flight flight = new Flight();
    flight.add(hello, 0);
    line.send(flight);
  }

  @Override
  public int longestMessage() {
    return MessageAssembly.LONGEST_WITH_CERTIFICATES;
  }

  @Override
  public void message(HandshakeMessage message) throws DtlsFailure {
    if (message.type() == HandshakeMessage.HELLO_VERIFY_REQUEST) {
      require(stage == Stage.HELLO && cookies++ < MOST_COOKIES, message);
      Fields fields = new Fields(message.body());
      fields.number2(); // RFC 6347, section 4.2.1: its version says nothing
      sayHello(fields.vector1(MOST_COOKIE_BYTES));
      return;
    }
    if (message.type() == HandshakeMessage.FINISHED) {
      require(stage == Stage.FINISHED_AWAITED, message);
      finished(message);
      return;
    }
    transcript.add(message);
    Fields fields = new Fields(message.body());
    switch (message.type()) {
      case HandshakeMessage.SERVER_HELLO -> {
        require(stage == Stage.HELLO, message);
        serverHello(fields);
      }
      case HandshakeMessage.CERTIFICATE -> {
        require(stage == Stage.CERTIFICATE, message);
        List<X509Certificate> chain = Certificates.read(message.body());
        if (chain.isEmpty()) {
          throw PskWords.illegal("the peer shows no certificate");
        }
        judgement.shown(chain);
        stage = Stage.KEY_EXCHANGE;
      }
      case HandshakeMessage.SERVER_KEY_EXCHANGE -> {
        require(stage == Stage.KEY_EXCHANGE, message);
        keyExchange(fields);
      }
      case HandshakeMessage.CERTIFICATE_REQUEST -> {
        require(stage == Stage.REQUEST_OR_DONE && !asked, message);
        request(fields);
      }
      case HandshakeMessage.SERVER_HELLO_DONE -> {
        require(stage == Stage.REQUEST_OR_DONE, message);
        fields.end();
        stage = Stage.JUDGING;
        judgement.ask(suite().name(), this::finish, line);
      }
      default -> throw PskWords.unexpected(message);
    }
  }

  private static void require(boolean inTurn, HandshakeMessage message) throws DtlsFailure {
    if (!inTurn) {
      throw PskWords.unexpected(message);
    }
  }

  private void serverHello(Fields fields) throws DtlsFailure {
    Hellos.Answer come = Hellos.answer(fields, Hellos.serverName(endpoint).length > 0);
    if (come.version() != Hello.VERSION_1_2) {
      throw CertificateWords.wrongVersion();
    }
    answer = come;
    suite =
        CertificateSuite.find(suites, come.code())
            .orElseThrow(() -> PskWords.illegal("the peer chose a suite that was not offered"));
    transcript.hashWith(suite().hash());
    stage = Stage.CERTIFICATE;
  }

  private void keyExchange(Fields fields) throws DtlsFailure {
    int type = fields.number1();
    int group = fields.number2();
    byte[] share = fields.vector1(MOST_SHARE_BYTES);
    if (type != NAMED_CURVE || !KeyAgreement.GROUPS.contains(group)) {
      throw PskWords.illegal("the peer chose a group that was not offered");
    }
    int code = fields.number2();
    byte[] proof = fields.vector2(MessageAssembly.LONGEST);
    fields.end();
    byte[] signed = new MessageWriter().number1(type).number2(group).vector1(share).done();
    PublicKey key = judgement.chain().get(0).getPublicKey();
    boolean fits = key.getAlgorithm().startsWith("RSA") == suite().isRsa();
    if (!fits || !SignatureKind.isProof(code, proof, key, random, answer().random(), signed)) {
      throw CertificateWords.wrongProof();
    }
    KeyAgreement made = new KeyAgreement(crypto, group);
    agreement = made;
    agreed = made.secret(share);
    stage = Stage.REQUEST_OR_DONE;
  }

  private void request(Fields fields) throws DtlsFailure {
    fields.vector1(MOST_TYPES);
    Fields codes = new Fields(fields.vector2(MessageAssembly.LONGEST));
    List<Integer> found = new ArrayList<>();
    while (!codes.isAtEnd()) {
      found.add(codes.number2());
    }
    taken = found;
    asked = true;
  }

  /** The peer is trusted: this side's last messages may leave. */
  private void finish() throws DtlsFailure {
    if (stage != Stage.JUDGING) {
      return;
    }
    Flight flight = new Flight();
    Optional<SignatureKind> kind = Optional.empty();
    if (asked) {
      kind = identity.flatMap(own -> SignatureKind.of(own.certificate().getPublicKey(), taken));
      List<X509Certificate> chain = kind.isEmpty() ? List.of() : identity.orElseThrow().chain();
      add(flight, HandshakeMessage.CERTIFICATE, Certificates.write(chain));
    }
    byte[] share = agreement == null ? new byte[0] : agreement.share();
    add(flight, HandshakeMessage.CLIENT_KEY_EXCHANGE, new MessageWriter().vector1(share).done());
    KeySchedule schedule = schedule();
    TlsSecret made = schedule.master();
    schedule.wipe();
    master = made;
    if (kind.isPresent()) {
      add(flight, HandshakeMessage.CERTIFICATE_VERIFY, proof(kind.get()));
    }
    line.keys(schedule.protection(made, false));
    HandshakeMessage finished =
        new HandshakeMessage(
            HandshakeMessage.FINISHED,
            nextNumber++,
            KeySchedule.verifyData(made, suite().hash(), false, transcript.hash()));
    transcript.add(finished);
    flight.addNewEpoch();
    flight.add(finished, 1);
    stage = Stage.FINISHED_AWAITED;
    line.send(flight);
  }

  private void add(Flight flight, int type, byte[] body) {
    HandshakeMessage message = new HandshakeMessage(type, nextNumber++, body);
    transcript.add(message);
    flight.add(message, 0);
  }

  private byte[] proof(SignatureKind kind) throws DtlsFailure {
    byte[] signature = kind.sign(identity.orElseThrow().privateKey(), transcript.messages());
    return new MessageWriter().number2(kind.code()).vector2(signature).done();
  }

  private KeySchedule schedule() {
    byte[] hash = answer().extended() ? transcript.hash() : null;
    return new KeySchedule(
        crypto,
        new KeySchedule.Inputs(
            suite().algorithm(), suite().hash(), random, answer().random(), hash, agreed));
  }

  private CertificateSuite suite() {
    if (suite == null) {
      throw new IllegalStateException("no suite is agreed on");
    }
    return suite;
  }

  private Hellos.Answer answer() {
    if (answer == null) {
      throw new IllegalStateException("the server has not answered");
    }
    return answer;
  }

  private void finished(HandshakeMessage message) throws DtlsFailure {
    TlsSecret secret = master;
    if (secret == null) {
      throw PskWords.unexpected(message);
    }
    byte[] expected = KeySchedule.verifyData(secret, suite().hash(), true, transcript.hash());
    if (!MessageDigest.isEqual(expected, message.body())) {
      throw PskWords.wrongFinished();
    }
    stage = Stage.OVER;
    line.done(judgement.metadata(suite().name()));
  }

  @Override
  public void unreadable(byte[] datagram, int record, int length) {
    // Both sides have proved who they are with signatures: there is no key to be wrong.
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
