package dev.earshot.security.tls.dtls;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.PreSharedKey;
import dev.earshot.SecurityMetadata;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** The connecting side of a handshake with a pre-shared key (RFC 6347, RFC 4279, RFC 5489). */
final class PskClientSide implements HandshakeSide {
  /** How often a server may ask for a cookie: it may have changed its secret meanwhile. */
  private static final int MOST_COOKIES = 3;

  private static final int MOST_COOKIE_BYTES = 255;
  private static final int MOST_HINT_BYTES = 256;
  private static final int MOST_SHARE_BYTES = 255;
  private static final int NAMED_CURVE = 3;

  private final Line line;
  private final PreSharedKey key;
  private final List<DtlsSuite> suites;
  private final BcTlsCrypto crypto;
  private final PskWords words;
  private final byte[] random = new byte[Hello.RANDOM_BYTES];
  private final Transcript transcript = new Transcript();

  private Stage stage = Stage.HELLO;
  private int nextNumber;
  private int cookies;
  private byte[] serverRandom = {};
  private @Nullable DtlsSuite suite;
  private boolean extended;
  private @Nullable KeyAgreement agreement;
  private byte @Nullable [] agreed;
  private @Nullable TlsSecret master;

  private enum Stage {
    HELLO,
    KEY_EXCHANGE,
    DONE_AWAITED,
    FINISHED_AWAITED,
    OVER
  }

  PskClientSide(Line line, PreSharedKey key, List<DtlsSuite> suites, SecureRandom secure) {
    this.line = line;
    this.key = key;
    this.suites = suites;
    this.crypto = new BcTlsCrypto(secure);
    this.words = new PskWords(suites);
    words.identity(key.identity());
    secure.nextBytes(random);
  }

  @Override
  public void begin() {
    sayHello(new byte[0]);
  }

  private void sayHello(byte[] cookie) {
    boolean groups = suites.stream().anyMatch(DtlsSuite::isForwardSecret);
    List<Integer> codes = suites.stream().map(DtlsSuite::code).toList();
    HandshakeMessage hello =
        new HandshakeMessage(
            HandshakeMessage.CLIENT_HELLO,
            nextNumber++,
            Hellos.client(random, cookie, codes, Hellos.clientExtensions(groups).done()));
    transcript.reset(); // RFC 6347, section 4.2.1: the first hello and its answer do not count
    transcript.add(hello);
    Flight flight = new Flight();
    flight.add(hello, 0);
    line.send(flight);
  }

  @Override
  public int longestMessage() {
    return MessageAssembly.LONGEST;
  }

  @Override
  public void message(HandshakeMessage message) throws DtlsFailure {
    switch (message.type()) {
      case HandshakeMessage.HELLO_VERIFY_REQUEST -> {
        require(stage == Stage.HELLO && cookies < MOST_COOKIES, message);
        verifyRequested(message);
      }
      case HandshakeMessage.SERVER_HELLO -> {
        require(stage == Stage.HELLO, message);
        transcript.add(message);
        serverHello(new Fields(message.body()));
      }
      case HandshakeMessage.SERVER_KEY_EXCHANGE -> {
        require(stage == Stage.KEY_EXCHANGE, message);
        transcript.add(message);
        keyExchange(new Fields(message.body()));
      }
      case HandshakeMessage.SERVER_HELLO_DONE -> {
        boolean keyed = agreed != null || (suite != null && !suite.isForwardSecret());
        require(keyed && (stage == Stage.DONE_AWAITED || stage == Stage.KEY_EXCHANGE), message);
        new Fields(message.body()).end();
        transcript.add(message);
        finish();
      }
      case HandshakeMessage.FINISHED -> {
        require(stage == Stage.FINISHED_AWAITED, message);
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

  private void verifyRequested(HandshakeMessage message) throws DtlsFailure {
    Fields fields = new Fields(message.body());
    fields.number2(); // RFC 6347, section 4.2.1: its version says nothing
    byte[] cookie = fields.vector1(MOST_COOKIE_BYTES);
    fields.end();
    cookies++;
    sayHello(cookie);
  }

  private void serverHello(Fields fields) throws DtlsFailure {
    Hellos.Answer answer = Hellos.answer(fields, false);
    if (answer.version() != Hello.VERSION_1_2) {
      throw words.wrongVersion();
    }
    serverRandom = answer.random();
    extended = answer.extended();
    suite =
        DtlsSuite.find(suites, answer.code())
            .orElseThrow(() -> PskWords.illegal("the peer chose a suite that was not offered"));
    words.suiteAgreed();
    stage = Stage.KEY_EXCHANGE;
  }

  private void keyExchange(Fields fields) throws DtlsFailure {
    fields.vector2(MOST_HINT_BYTES); // a hint about which key, which a stranger does not decide
    if (suite != null && suite.isForwardSecret()) {
      if (fields.number1() != NAMED_CURVE) {
        throw PskWords.illegal("the peer chose a curve without a name");
      }
      int group = fields.number2();
      if (!KeyAgreement.GROUPS.contains(group)) {
        throw PskWords.illegal(
            "the peer chose a group that was not offered: " + NamedGroup.getText(group));
      }
      KeyAgreement made = new KeyAgreement(crypto, group);
      agreement = made;
      agreed = made.secret(fields.vector1(MOST_SHARE_BYTES));
    }
    fields.end();
    stage = Stage.DONE_AWAITED;
  }

  private void finish() throws DtlsFailure {
    MessageWriter body = new MessageWriter().vector2(key.identity().toByteArray());
    if (agreement != null) {
      body.vector1(agreement.share());
    }
    HandshakeMessage exchange =
        new HandshakeMessage(HandshakeMessage.CLIENT_KEY_EXCHANGE, nextNumber++, body.done());
    transcript.add(exchange);
    KeySchedule schedule =
        new KeySchedule(
            crypto,
            new KeySchedule.Inputs(
                suite().algorithm(),
                SuiteHash.SHA_256,
                random,
                serverRandom,
                extended ? transcript.hash() : null,
                agreed));
    TlsSecret made = master(schedule);
    master = made;
    line.keys(schedule.protection(made, false));
    schedule.wipe();
    byte[] proof = KeySchedule.verifyData(made, SuiteHash.SHA_256, false, transcript.hash());
    HandshakeMessage finished =
        new HandshakeMessage(HandshakeMessage.FINISHED, nextNumber++, proof);
    transcript.add(finished);
    Flight flight = new Flight();
    flight.add(exchange, 0);
    flight.addNewEpoch();
    flight.add(finished, 1);
    stage = Stage.FINISHED_AWAITED;
    line.send(flight);
  }

  private TlsSecret master(KeySchedule schedule) throws DtlsFailure {
    try {
      return key.use(schedule::master);
    } catch (IllegalStateException e) {
      throw new DtlsFailure(
          Reason.OTHER, AlertDescription.internal_error, key + " has been destroyed", e);
    }
  }

  private DtlsSuite suite() {
    if (suite == null) {
      throw new IllegalStateException("no suite is agreed on");
    }
    return suite;
  }

  private void finished(HandshakeMessage message) throws DtlsFailure {
    TlsSecret secret = master;
    if (secret == null) {
      throw PskWords.unexpected(message);
    }
    byte[] expected = KeySchedule.verifyData(secret, SuiteHash.SHA_256, true, transcript.hash());
    if (!MessageDigest.isEqual(expected, message.body())) {
      throw PskWords.wrongFinished();
    }
    stage = Stage.OVER;
    line.done(new SecurityMetadata("DTLSv1.2", suite().name(), Optional.of(key.identity())));
  }

  @Override
  public void unreadable(byte[] datagram, int record, int length) {
    // A server proves its key with its Finished alone, which it sends only if ours was right.
  }

  @Override
  public DtlsFailure received(int alert) {
    return words.received(alert);
  }

  @Override
  public Optional<NetworkException> suspicion(String peer) {
    return stage == Stage.FINISHED_AWAITED
        ? Optional.of(words.keyProbablyWrong(peer))
        : Optional.empty();
  }

  @Override
  public void release() {
    stage = Stage.OVER;
    if (master != null) {
      master.destroy();
      master = null;
    }
  }
}
