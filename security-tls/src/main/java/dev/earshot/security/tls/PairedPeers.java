package dev.earshot.security.tls;

import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.security.tls.pairing.Card;
import dev.earshot.security.tls.pki.PrivateFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * Everybody with whom this computer's user has paired, in one file.
 *
 * <pre>{@code
 * PairedPeers peers = PairedPeers.open(folder.resolve("paired"));
 * peers.add(pairing.paired().join());
 * Parameters accepting = Parameters.webSocket().security(Security.psk(peers)).build();
 * Parameters dialling = Parameters.webSocket().security(Security.psk(peers.dialling(den))).build();
 * }</pre>
 *
 * <p>As a {@link PskSource} it lets a listener accept everybody who is in the file at that moment;
 * who is forgotten, also by another process, cannot connect any more. Connections that are there
 * stay: end them yourself.
 *
 * <p>The file is readable by its owner only (a warning is logged if somebody has changed that),
 * holds at most a thousand peers, and is whole at every moment, also if the computer stops in the
 * middle of a change. Several processes may use it at once, and several objects in a program:
 * changes wait for each other, and none is lost. Beside it lie {@code FILE.lock}, which is empty,
 * and for a moment {@code FILE.draft}.
 *
 * <p>Threads: every method may be called on any thread, but reads or writes the file and may wait
 * for another process: not on a loop. Only {@link #own} goes by what was read last.
 */
public final class PairedPeers implements PskSource {
  /** Seen again within this time is not worth a change of the file. */
  private static final Duration SEEN_PRECISION = Duration.ofMinutes(1);

  private final PeerFile file;
  private volatile Known known = new Known(Optional.empty(), List.of());

  /** What was read, and when that was. */
  private record Known(Optional<Object> fingerprint, List<PairedPeer> peers) {}

  private PairedPeers(PeerFile file) {
    this.file = file;
  }

  /**
   * Reads the list in {@code file}; it is empty if there is no such file, which is then made with
   * the first peer.
   *
   * @throws PairedPeersCorruptException if the file is something else, or not whole; it is left as
   *     it is
   */
  public static PairedPeers open(Path file) throws IOException {
    PairedPeers opened = new PairedPeers(new PeerFile(file, PeerList.MAXIMUM_BYTES));
    opened.list();
    return opened;
  }

  /** Where the list is. */
  public Path file() {
    return file.path();
  }

  /**
   * Everybody, in the order in which they came.
   *
   * @throws PairedPeersCorruptException as {@link #open} does
   */
  public List<PairedPeer> list() throws IOException {
    Known before = known;
    Optional<Object> fingerprint = file.fingerprint(); // before reading: a change shows next time
    if (fingerprint.isEmpty() || !fingerprint.equals(before.fingerprint())) {
      before = new Known(fingerprint, read());
      known = before;
    }
    return before.peers();
  }

  /** The one called {@code name}. */
  public Optional<PairedPeer> named(String name) throws IOException {
    return list().stream().filter(peer -> peer.name().equals(name)).findFirst();
  }

  /**
   * Adds {@code peer}, or replaces the one with the same identity and key. Names are unique in a
   * list: a second {@code Den} becomes {@code Den (2)}.
   *
   * @return the peer as it is in the list
   * @throws IllegalArgumentException if somebody is in it with the same identity and another key:
   *     identities are public, and whoever made this one may have taken it from somebody else
   * @throws IllegalStateException if a thousand are in it
   */
  public PairedPeer add(PairedPeer peer) throws IOException {
    List<PairedPeer> after =
        change(
            peers -> {
              requireNoOtherKey(peer, peers);
              List<PairedPeer> others = without(peers, peer.identity());
              if (others.size() >= PeerList.MAXIMUM_PEERS) {
                throw new IllegalStateException(
                    file.path() + " has " + others.size() + " peers: forget some");
              }
              others.add(peer.named(freeName(peer.name(), others)));
              return others;
            });
    return after.get(after.size() - 1);
  }

  /**
   * Gives the peer with {@code identity} another name.
   *
   * @return whether there is one
   * @throws IllegalArgumentException if another has the name, or it is none: 1 to 63 bytes of UTF-8
   *     without control characters
   */
  public boolean rename(Payload identity, String name) throws IOException {
    String checked = new Card(name).name();
    boolean[] found = {false};
    change(
        peers -> {
          List<PairedPeer> renamed = new ArrayList<>();
          for (PairedPeer peer : peers) {
            boolean meant = peer.identity().equals(identity);
            if (!meant && peer.name().equals(checked)) {
              throw new IllegalArgumentException("somebody else is called '" + checked + "'");
            }
            found[0] |= meant;
            renamed.add(meant ? peer.named(checked) : peer);
          }
          return renamed;
        });
    return found[0];
  }

  /**
   * Forgets the peer with {@code identity} and its key.
   *
   * @return whether there was one
   */
  public boolean forget(Payload identity) throws IOException {
    int[] before = {0};
    List<PairedPeer> after =
        change(
            peers -> {
              before[0] = peers.size();
              return without(peers, identity);
            });
    return after.size() < before[0];
  }

  /**
   * Takes note that the peer with {@code identity} is connected now; to the minute. Does nothing if
   * there is none.
   */
  public void seen(Payload identity) throws IOException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    boolean isNews =
        list().stream()
            .filter(peer -> peer.identity().equals(identity))
            .anyMatch(peer -> isLongBefore(peer.lastSeen(), now));
    if (isNews) {
      change(
          peers ->
              peers.stream()
                  .map(peer -> peer.identity().equals(identity) ? peer.seenAt(now) : peer)
                  .toList());
    }
  }

  private static boolean isLongBefore(Optional<Instant> seen, Instant now) {
    return seen.map(time -> time.plus(SEEN_PRECISION).isBefore(now)).orElse(true);
  }

  /** Finds the key in the file as it is now; a file that cannot be read has none. */
  @Override
  public CompletionStage<Optional<PreSharedKey>> find(Payload identity) {
    Optional<PreSharedKey> found = Optional.empty();
    try {
      for (PairedPeer peer : list()) { // all, so that time does not tell which one matched
        if (peer.identity().equals(identity)) {
          found = Optional.of(peer.key());
        }
      }
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    return CompletableFuture.completedStage(found);
  }

  /**
   * The key of the only peer, for programs that have one; none if there are several: which is meant
   * is said by {@link #dialling}.
   */
  @Override
  public Optional<PreSharedKey> own() {
    List<PairedPeer> peers = known.peers();
    return peers.size() == 1 ? Optional.of(peers.get(0).key()) : Optional.empty();
  }

  /** Accepts everybody as this list does, and connects with the key of {@code peer}. */
  public PskSource dialling(PairedPeer peer) {
    return new PskSource() {
      @Override
      public CompletionStage<Optional<PreSharedKey>> find(Payload identity) {
        return PairedPeers.this.find(identity);
      }

      @Override
      public Optional<PreSharedKey> own() {
        boolean stillThere =
            known.peers().stream().anyMatch(each -> each.identity().equals(peer.identity()));
        return stillThere ? Optional.of(peer.key()) : Optional.empty();
      }
    };
  }

  private List<PairedPeer> read() throws IOException {
    Optional<byte[]> content = file.read();
    if (content.isPresent()) {
      PrivateFile.warnIfOthersRead(file.path());
    }
    return content.isEmpty() ? List.of() : PeerList.read(content.get(), file.path());
  }

  /** Reads, changes and writes, while no other process and no other thread of this one does. */
  private List<PairedPeer> change(UnaryOperator<List<PairedPeer>> edit) throws IOException {
    // A process cannot wait for a file lock of its own: so all lists of a program take turns.
    synchronized (PairedPeers.class) {
      try (FileChannel channel = file.lockChannel();
          FileLock lock = channel.lock()) {
        assert lock.isValid();
        List<PairedPeer> before = read();
        List<PairedPeer> after = List.copyOf(edit.apply(before));
        if (!after.equals(before)) {
          file.write(PeerList.write(after));
        }
        known = new Known(file.fingerprint(), after);
        return after;
      }
    }
  }

  private static void requireNoOtherKey(PairedPeer added, List<PairedPeer> peers) {
    for (PairedPeer peer : peers) {
      if (peer.identity().equals(added.identity()) && !peer.key().matches(added.key())) {
        throw new IllegalArgumentException(
            "'"
                + peer.name()
                + "' has the same identity and another key; whoever says so now may want to be"
                + " taken for it. Forget '"
                + peer.name()
                + "' first if you mean it");
      }
    }
  }

  private static List<PairedPeer> without(List<PairedPeer> peers, Payload identity) {
    return new ArrayList<>(
        peers.stream().filter(peer -> !peer.identity().equals(identity)).toList());
  }

  private static String freeName(String wanted, List<PairedPeer> peers) {
    String name = wanted;
    for (int number = 2; isTaken(name, peers); number++) {
      name = shortened(wanted, " (" + number + ")");
    }
    return name;
  }

  private static boolean isTaken(String name, List<PairedPeer> peers) {
    return peers.stream().anyMatch(peer -> peer.name().equals(name));
  }

  /** {@code name} and {@code ending}, with as much of the name as there is space for. */
  private static String shortened(String name, String ending) {
    String start = name;
    while ((start + ending).getBytes(StandardCharsets.UTF_8).length > Card.NAME_BYTES) {
      start = start.substring(0, start.offsetByCodePoints(start.length(), -1));
    }
    return start + ending;
  }

  /** The file. */
  @Override
  public String toString() {
    return "PairedPeers[" + file.path() + "]";
  }
}
