package dev.earshot.security.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of paired peers, its file, and what becomes of it when something is in the way. */
class PairedPeersTest {
  private static final Instant THEN = Instant.ofEpochSecond(1_700_000_000);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void choose() {
    file = folder.resolve("config").resolve("paired");
  }

  private static PairedPeer peer(String name) {
    PreSharedKey key = PreSharedKey.random("id of " + name + " " + new Random().nextInt());
    return new PairedPeer(name, key, THEN, Optional.empty());
  }

  private static List<String> names(PairedPeers peers) throws IOException {
    return peers.list().stream().map(PairedPeer::name).toList();
  }

  private static Optional<PreSharedKey> find(PskSource source, Payload identity) {
    return source.find(identity).toCompletableFuture().join();
  }

  @Test
  void whatIsAddedIsThereForTheNextProgram() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    assertThat(peers.list()).isEmpty();
    assertThat(file).doesNotExist();
    PairedPeer den = peers.add(peer("Den"));
    PairedPeer kitchen = peers.add(peer("K\u00FCche \uD83C\uDFE0"));

    List<PairedPeer> read = PairedPeers.open(file).list();
    assertThat(read).hasSize(2);
    assertThat(read.get(0).name()).isEqualTo("Den");
    assertThat(read.get(0).key().matches(den.key())).isTrue();
    assertThat(read.get(0).pairedAt()).isEqualTo(THEN);
    assertThat(read.get(0).lastSeen()).isEmpty();
    assertThat(read.get(1).name()).isEqualTo("K\u00FCche \uD83C\uDFE0");
    assertThat(read.get(1).key().matches(kitchen.key())).isTrue();
  }

  @Test
  void onlyTheOwnerMayReadTheFiles() throws Exception {
    PairedPeers.open(file).add(peer("Den"));
    try (var all = Files.list(file.getParent())) {
      assertThat(all)
          .allSatisfy(
              each ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void aSecondOneOfANameGetsANumber() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    String longest = "\u00E4".repeat(31);
    for (String name : List.of("Den", "Den", "Den", longest, longest)) {
      peers.add(peer(name));
    }
    assertThat(names(peers))
        .containsExactly("Den", "Den (2)", "Den (3)", longest, "\u00E4".repeat(29) + " (2)");
  }

  @Test
  void theSameIdentityIsReplaced() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    PairedPeer den = peers.add(peer("Den"));
    assertThat(peers.add(den.named("Study")).name()).isEqualTo("Study");
    assertThat(names(peers)).containsExactly("Study");
  }

  /** Identities are public: a QR code of a stranger's may have somebody's. */
  @Test
  void nobodyTakesThePlaceOfAnotherByItsIdentity() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    PairedPeer den = peers.add(peer("Den"));
    PreSharedKey other = PreSharedKey.of(den.identity(), new byte[32]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> peers.add(new PairedPeer("Phone", other, THEN, Optional.empty())))
        .withMessageContaining("'Den' has the same identity and another key");
    assertThat(peers.named("Den").orElseThrow().key().matches(den.key())).isTrue();
    peers.forget(den.identity());
    peers.add(new PairedPeer("Phone", other, THEN, Optional.empty()));
    assertThat(names(peers)).containsExactly("Phone");
  }

  @Test
  void peersAreRenamedAndForgotten() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    PairedPeer den = peers.add(peer("Den"));
    PairedPeer hall = peers.add(peer("Hall"));
    assertThat(peers.rename(den.identity(), "Study")).isTrue();
    assertThat(peers.rename(Payload.utf8("nobody"), "X")).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> peers.rename(hall.identity(), "Study"))
        .withMessageContaining("somebody else is called");
    assertThatIllegalArgumentException().isThrownBy(() -> peers.rename(hall.identity(), "a\nb"));
    assertThat(peers.named("Study")).isPresent();
    assertThat(peers.forget(den.identity())).isTrue();
    assertThat(peers.forget(den.identity())).isFalse();
    assertThat(names(peers)).containsExactly("Hall");
  }

  @Test
  void aListenerAcceptsEverybodyUntilForgottenAlsoByAnother() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    PairedPeer den = peers.add(peer("Den"));
    PairedPeer hall = peers.add(peer("Hall"));
    assertThat(find(peers, den.identity()).orElseThrow().matches(den.key())).isTrue();
    assertThat(find(peers, hall.identity())).isPresent();
    assertThat(find(peers, Payload.utf8("nobody"))).isEmpty();

    PairedPeers.open(file).forget(den.identity());
    assertThat(find(peers, den.identity())).isEmpty();
    assertThat(find(peers.dialling(hall), hall.identity())).isPresent();
  }

  @Test
  void whoConnectsSaysWithWhomUnlessThereIsOneOnly() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    assertThat(peers.own()).isEmpty();
    PairedPeer den = peers.add(peer("Den"));
    assertThat(peers.own().orElseThrow().matches(den.key())).isTrue();
    PairedPeer hall = peers.add(peer("Hall"));
    assertThat(peers.own()).isEmpty();
    PskSource dialling = peers.dialling(hall);
    assertThat(dialling.own().orElseThrow().matches(hall.key())).isTrue();
    peers.forget(hall.identity());
    assertThat(dialling.own()).isEmpty();
  }

  @Test
  void whenSomebodyWasSeenIsKeptToTheMinute() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    PairedPeer den = peers.add(peer("Den"));
    peers.seen(Payload.utf8("nobody"));
    peers.seen(den.identity());
    Instant seen = peers.list().get(0).lastSeen().orElseThrow();
    assertThat(seen).isAfter(THEN);
    byte[] before = Files.readAllBytes(file);
    peers.seen(den.identity());
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(PairedPeers.open(file).list().get(0).lastSeen()).contains(seen);
  }

  @Test
  void aThousandAreEnough() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    PairedPeer den = peers.add(peer("Den"));
    List<PairedPeer> many =
        IntStream.range(0, PeerList.MAXIMUM_PEERS)
            .mapToObj(i -> new PairedPeer("p" + i, largest(i), THEN, Optional.of(THEN)))
            .toList();
    byte[] full = PeerList.write(many);
    assertThat(full.length).isLessThan(PeerList.MAXIMUM_BYTES);
    Files.write(file, full);
    assertThat(peers.list()).hasSize(PeerList.MAXIMUM_PEERS);
    assertThatIllegalStateException()
        .isThrownBy(() -> peers.add(den))
        .withMessageContaining("forget some");
  }

  private static PreSharedKey largest(int number) {
    byte[] identity = new byte[PreSharedKey.MAXIMUM_IDENTITY_BYTES];
    identity[0] = (byte) number;
    identity[1] = (byte) (number >> 8);
    return PreSharedKey.of(Payload.wrap(identity), new byte[PreSharedKey.MAXIMUM_KEY_BYTES]);
  }

  @Test
  void aFileThatIsNotWholeIsNamedAndLeftAsItIs() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    peers.add(peer("Den"));
    peers.add(peer("Hall"));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length += 7) {
      byte[] part = java.util.Arrays.copyOf(whole, length);
      Files.write(file, part);
      assertThatExceptionOfType(PairedPeersCorruptException.class)
          .isThrownBy(() -> PairedPeers.open(file))
          .withMessageContaining(file.toString())
          .satisfies(thrown -> assertThat(thrown.file()).isEqualTo(file));
      assertThatExceptionOfType(PairedPeersCorruptException.class)
          .isThrownBy(() -> peers.add(peer("Study")));
      assertThat(peers.find(Payload.utf8("x")).toCompletableFuture()).isCompletedExceptionally();
      assertThat(Files.readAllBytes(file)).isEqualTo(part);
    }
  }

  @Test
  void aBitChangedAnywhereIsNoticedAndNoKeyIsInTheMessage() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    peers.add(peer("Den"));
    byte[] whole = Files.readAllBytes(file);
    String line = new String(whole, StandardCharsets.UTF_8).lines().skip(1).findFirst().get();
    String key = line.split(" ")[1];
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      Files.write(file, changed);
      assertThatExceptionOfType(PairedPeersCorruptException.class)
          .as("byte %d", i)
          .isThrownBy(() -> PairedPeers.open(file))
          .satisfies(
              thrown ->
                  assertThat(String.valueOf(thrown)).doesNotContain(key).doesNotContain("Den"));
    }
  }

  @Test
  void aFileThatIsTooLongIsNotRead() throws Exception {
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[PeerList.MAXIMUM_BYTES + 1]);
    assertThatExceptionOfType(PairedPeersCorruptException.class)
        .isThrownBy(() -> PairedPeers.open(file))
        .withMessageContaining("longer");
  }

  @Test
  void linesThatArePlausibleButNoPeersAreRefusedWithTheirNumber() throws Exception {
    PreSharedKey key = PreSharedKey.random("twice");
    List<PairedPeer> twice =
        List.of(
            new PairedPeer("a", key, THEN, Optional.empty()),
            new PairedPeer("b", key, THEN, Optional.empty()));
    assertThatExceptionOfType(PairedPeersCorruptException.class)
        .isThrownBy(() -> PeerList.read(PeerList.write(twice), file))
        .withMessageContaining("line 3");
  }

  @Test
  void aDraftOfSomebodyWhoDidNotComeToTheEndIsNoHindrance() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    peers.add(peer("Den"));
    Path draft = file.resolveSibling("paired.draft");
    Files.writeString(draft, "earshot-paired-peers 1\nhalf a li");
    assertThat(names(PairedPeers.open(file))).containsExactly("Den");
    peers.add(peer("Hall"));
    assertThat(draft).doesNotExist();
    assertThat(names(PairedPeers.open(file))).containsExactly("Den", "Hall");
  }

  @Test
  void severalListsInOneProgramLoseNothing() throws Exception {
    int threads = 4;
    int each = 15;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        String name = "writer " + t;
        tasks.add(
            () -> {
              PairedPeers peers = PairedPeers.open(file);
              for (int i = 0; i < each; i++) {
                peers.add(peer(name));
              }
              return null;
            });
      }
      for (Future<Void> done : pool.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      pool.shutdown();
    }
    assertThat(PairedPeers.open(file).list()).hasSize(threads * each);
  }

  @Test
  void nothingPrintsAKey() throws Exception {
    PairedPeers peers = PairedPeers.open(file);
    PairedPeer den = peers.add(peer("Den"));
    String key = den.key().use(java.util.HexFormat.of()::formatHex);
    assertThat(den + " " + peers + " " + peers.list()).doesNotContain(key);
  }
}
