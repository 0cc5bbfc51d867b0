package dev.earshot.security.tls.dtls;

import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.record.DatagramProtection;
import dev.earshot.spi.DatagramSecurity;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** The accepting side of a handshake with a pre-shared key (RFC 6347, RFC 4279, RFC 5489). */
final class PskServerSide implements HandshakeSide {
  private static final int NAMED_CURVE = 3;
  private static final int MOST_SHARE_BYTES = 255;

  /** What is tried to find out whether a peer used its identity as its key. */
  private static final int MOST_TRIALS = 2;

  private static final int RANDOM_KEY_BYTES = 32;

  private final Line line;
  private final DatagramSecurity.Place place;
  private final PskSource source;
  private final List<DtlsSuite> suites;
  private final SecureRandom secure;
  private final BcTlsCrypto crypto;
  private final PskWords words;
  private final byte[] random = new byte[Hello.RANDOM_BYTES];
  private final Transcript transcript = new Transcript();

  private Stage stage = Stage.HELLO;
  private int nextNumber;
  private byte[] clientRandom = {};
  private @Nullable DtlsSuite suite;
  private boolean extended;
  private @Nullable KeyAgreement agreement;
  private @Nullable Payload identity;
  private @Nullable KeySchedule schedule;
  private @Nullable TlsSecret master;
  private int unreadable;
  private boolean identityIsKey;
  private @Nullable DtlsFailure unknown;

  private enum Stage {
    HELLO,
    KEY_EXCHANGE,
    LOOKING_UP,
    FINISHED_AWAITED,
    OVER
  }

  /**
   * What the sides of one configuration share. Immutable.
   *
   * @param source where keys come from
   * @param suites what may be agreed on, dearest first
   * @param random what must not be guessed
   */
  record Settings(PskSource source, List<DtlsSuite> suites, SecureRandom random) {}

  PskServerSide(Line line, DatagramSecurity.Place place, Settings settings) {
    this.line = line;
    this.place = place;
    this.source = settings.source();
    this.suites = settings.suites();
    this.secure = settings.random();
    this.crypto = new BcTlsCrypto(secure);
    this.words = new PskWords(suites);
    secure.nextBytes(random);
  }

  @Override
  public void begin() {
    // The client speaks first.
  }

  @Override
  public int longestMessage() {
    return MessageAssembly.LONGEST;
  }

  @Override
  public void message(HandshakeMessage message) throws DtlsFailure {
    switch (message.type()) {
      case HandshakeMessage.CLIENT_HELLO -> {
        require(stage == Stage.HELLO, message);
        hello(message);
      }
      case HandshakeMessage.CLIENT_KEY_EXCHANGE -> {
        require(stage == Stage.KEY_EXCHANGE, message);
        transcript.add(message);
        keyExchange(new Fields(message.body()));
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

  private void hello(HandshakeMessage message) throws DtlsFailure {
    Hello hello = Hello.read(message.body());
    // Versions of DTLS count down (RFC 6347, section 4.1).
    if (hello.version() >>> 8 != 0xFE || hello.version() > Hello.VERSION_1_2) {
      throw words.wrongVersion();
    }
    Optional<Integer> group = KeyAgreement.commonGroup(hello);
    DtlsSuite chosen =
        suites.stream()
            .filter(one -> hello.suites().contains(one.code()))
            .filter(one -> !one.isForwardSecret() || group.isPresent())
            .findFirst()
            .orElseThrow(words::noCommonSuite);
    suite = chosen;
    words.suiteAgreed();
    clientRandom = hello.random();
    extended = hello.has(Hello.EXTENDED_MASTER_SECRET);
    transcript.add(message);
    nextNumber = message.number(); // as many as the client's: the answer before had the first
    Flight flight = new Flight();
    add(
        flight,
        HandshakeMessage.SERVER_HELLO,
        Hellos.server(hello, random, chosen.code(), chosen.isForwardSecret()));
    if (chosen.isForwardSecret()) {
      agreement = new KeyAgreement(crypto, group.orElseThrow());
      add(flight, HandshakeMessage.SERVER_KEY_EXCHANGE, serverShare(agreement));
    }
    add(flight, HandshakeMessage.SERVER_HELLO_DONE, new byte[0]);
    stage = Stage.KEY_EXCHANGE;
    line.send(flight);
  }

  private void add(Flight flight, int type, byte[] body) {
    HandshakeMessage message = new HandshakeMessage(type, nextNumber++, body);
    transcript.add(message);
    flight.add(message, 0);
  }

  private static byte[] serverShare(KeyAgreement ours) {
    return new MessageWriter()
        .vector2(new byte[0]) // no hint about which key
        .number1(NAMED_CURVE)
        .number2(ours.group())
        .vector1(ours.share())
        .done();
  }

  private void keyExchange(Fields fields) throws DtlsFailure {
    byte[] named = fields.vector2(MessageAssembly.LONGEST);
    byte[] other = null;
    if (agreement != null) {
      other = agreement.secret(fields.vector1(MOST_SHARE_BYTES));
    }
    fields.end();
    Payload name = Payload.wrap(named);
    identity = name;
    words.identity(name);
    DtlsSuite chosen = suite;
    if (chosen == null) {
      throw new IllegalStateException("no suite is agreed on");
    }
    byte[] hash = extended ? transcript.hash() : null;
    schedule =
        new KeySchedule(
            crypto,
            new KeySchedule.Inputs(
                chosen.algorithm(), SuiteHash.SHA_256, clientRandom, random, hash, other));
    stage = Stage.LOOKING_UP;
    if (name.length() > PreSharedKey.MAXIMUM_IDENTITY_BYTES) {
      unknown(null);
    } else {
      lookUp(name);
    }
  }

  /** Keys that are known from the start are found here; others are asked for elsewhere. */
  private void lookUp(Payload name) {
    if (source instanceof PskSource.Fixed) {
      answered(source.find(name).toCompletableFuture().join(), null);
      return;
    }
    try {
      place.workers().execute(() -> ask(name));
    } catch (RejectedExecutionException e) {
      unknown(e);
    }
  }

  private void ask(Payload name) {
    try {
      source
          .find(name)
          .whenComplete((key, trouble) -> place.loop().execute(() -> answered(key, trouble)));
    } catch (RuntimeException | Error e) { // whatever breaks in a program's source has no key
      place.loop().execute(() -> answered(Optional.empty(), e));
    }
  }

  private void answered(@Nullable Optional<PreSharedKey> key, @Nullable Throwable trouble) {
    KeySchedule made = schedule;
    if (stage != Stage.LOOKING_UP || made == null) {
      return; // too late
    }
    if (key == null || key.isEmpty()) {
      unknown(trouble);
      return;
    }
    try {
      found(key.get().use(made::master));
    } catch (IllegalStateException e) {
      unknown(e); // it has been destroyed
    }
  }

  /** Goes on with a random key: nobody is to find out which identities exist (RFC 4279, sec. 2). */
  private void unknown(@Nullable Throwable trouble) {
    unknown = words.unknownIdentity(trouble);
    byte[] noKey = new byte[RANDOM_KEY_BYTES];
    secure.nextBytes(noKey);
    if (schedule != null) {
      found(schedule.master(noKey));
    }
  }

  private void found(TlsSecret secret) {
    KeySchedule made = schedule;
    if (made != null) {
      master = secret;
      stage = Stage.FINISHED_AWAITED;
      line.keys(made.protection(secret, true));
    }
  }

  private void finished(HandshakeMessage message) throws DtlsFailure {
    TlsSecret secret = master;
    DtlsSuite chosen = suite;
    if (secret == null || chosen == null) {
      throw PskWords.unexpected(message);
    }
    byte[] expected = KeySchedule.verifyData(secret, SuiteHash.SHA_256, false, transcript.hash());
    if (!MessageDigest.isEqual(expected, message.body())) {
      throw PskWords.wrongFinished();
    }
    transcript.add(message);
    byte[] proof = KeySchedule.verifyData(secret, SuiteHash.SHA_256, true, transcript.hash());
    Flight flight = new Flight();
    flight.addNewEpoch();
    flight.add(new HandshakeMessage(HandshakeMessage.FINISHED, nextNumber++, proof), 1);
    stage = Stage.OVER;
    line.send(flight);
    line.done(new SecurityMetadata("DTLSv1.2", chosen.name(), Optional.ofNullable(identity)));
  }

  @Override
  public void unreadable(byte[] datagram, int record, int length) {
    KeySchedule from = schedule;
    Payload name = identity;
    if (stage != Stage.FINISHED_AWAITED || from == null || name == null) {
      return;
    }
    unreadable++;
    if (unknown == null && !identityIsKey && unreadable <= MOST_TRIALS && !name.isEmpty()) {
      TlsSecret suspected = from.master(name.toByteArray());
      DatagramProtection protection = from.protection(suspected, true);
      suspected.destroy();
      identityIsKey = opens(protection, datagram, record, length);
    }
  }

  private static boolean opens(
      DatagramProtection protection, byte[] datagram, int record, int length) {
    try {
      protection.open(datagram, record, length);
      return true;
    } catch (AEADBadTagException e) {
      return false; // then the key is simply another one
    }
  }

  @Override
  public DtlsFailure received(int alert) {
    return words.received(alert);
  }

  @Override
  public Optional<NetworkException> suspicion(String peer) {
    if (unknown != null) {
      return Optional.of(unknown.explain(peer));
    }
    if (stage == Stage.LOOKING_UP) {
      return Optional.of(PskWords.lookUpTooLong(peer));
    }
    if (unreadable == 0) {
      return Optional.empty();
    }
    return Optional.of(identityIsKey ? words.identityAsKey(peer) : words.keyProbablyWrong(peer));
  }

  @Override
  public void release() {
    stage = Stage.OVER;
    if (schedule != null) {
      schedule.wipe();
      schedule = null;
    }
    if (master != null) {
      master.destroy();
      master = null;
    }
  }
}
