package dev.earshot.session.internal;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.session.PeerId;
import dev.earshot.session.internal.Deadlines.Deadline;
import dev.earshot.session.internal.wire.Farewell;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When to dial whom of those that were found. Pure; owned by a {@link MeshMachine}.
 *
 * <p>A place is dialled while it is advertised and nobody of its id is connected: by the smaller id
 * at once, by the larger one a little later, since the smaller may not see it; after a failure with
 * growing delays, in which chance keeps many peers from dialling together. A place where the next
 * dial can only end like the last is left alone until it is advertised differently.
 */
final class DialPlan {
  private static final Duration FIRST_DELAY = Duration.ofMillis(250);
  private static final int DOUBLINGS = 7; // 32 s
  private static final int AFTER_LEAVING = 3; // 2 s: the advertisement is about to go too

  private final PeerId self;
  private final RandomGenerator random;
  private final Mesh mesh;
  private final Map<Endpoint, Place> places = new LinkedHashMap<>();

  /** What the plan needs of the mesh around it. */
  interface Mesh {
    /** Whether there is any connection with {@code id}. */
    boolean isBusy(PeerId id);

    /** Begins to dial. */
    Link dial(Endpoint to, Optional<PeerId> claim);

    /** Has {@code task} done after {@code delay}. */
    Deadline after(Duration delay, Runnable task);

    /** Makes {@code deadline} not be done. */
    void cancel(@Nullable Deadline deadline);
  }

  /** Somewhere that a peer is advertised. */
  private static final class Place {
    final Endpoint endpoint;
    Optional<PeerId> claim;

    /** Who answered there last. */
    Optional<PeerId> proven = Optional.empty();

    int failures;
    boolean leftAlone;
    @Nullable Deadline due;
    @Nullable Link link;
    String complaint = "";

    Place(Endpoint endpoint, Optional<PeerId> claim) {
      this.endpoint = endpoint;
      this.claim = claim;
    }

    Optional<PeerId> id() {
      return proven.or(() -> claim);
    }

    boolean belongsTo(PeerId id) {
      return id().map(id::equals).orElse(false);
    }
  }

  DialPlan(PeerId self, RandomGenerator random, Mesh mesh) {
    this.self = self;
    this.random = random;
    this.mesh = mesh;
  }

  /** {@code endpoint} is advertised, by {@code claim} as it says. */
  void found(Endpoint endpoint, Optional<PeerId> claim) {
    Place place = places.computeIfAbsent(endpoint, e -> new Place(e, claim));
    if (!place.claim.equals(claim)) {
      place.claim = claim;
      place.proven = Optional.empty();
      place.failures = 0;
      place.leftAlone = false;
      cancelDue(place);
    }
    consider(place, firstDelay(place));
  }

  /** {@code endpoint} is not advertised any more. */
  void vanished(Endpoint endpoint) {
    Place place = places.remove(endpoint);
    if (place != null) {
      cancelDue(place);
    }
  }

  /** {@code link}, dialled by anybody, has reached {@code id}. */
  void reached(Link link, PeerId id) {
    Place place = places.get(link.endpoint);
    if (place != null) {
      place.proven = Optional.of(id);
    }
  }

  /** {@code id} is connected. */
  void connected(PeerId id) {
    for (Place place : places.values()) {
      if (place.belongsTo(id)) {
        place.failures = 0;
        place.leftAlone = false;
        place.complaint = "";
        cancelDue(place);
      }
    }
  }

  /** Leaves alone whatever belongs to {@code id}, until it is advertised differently. */
  void leaveAlone(PeerId id) {
    for (Place place : places.values()) {
      if (place.belongsTo(id)) {
        place.leftAlone = true;
        cancelDue(place);
      }
    }
  }

  /**
   * {@code link} is over.
   *
   * @param peer who was on the other side, if that was known
   */
  void ended(Link link, Optional<PeerId> peer, Ending ending) {
    Place dialled = places.get(link.endpoint);
    if (dialled != null && dialled.link == link) {
      dialled.link = null;
      dialled.failures++;
      dialled.leftAlone |= ending.isFinal();
    }
    if (peer.isPresent() && ending.is(Farewell.DISCONNECTED)) {
      leaveAlone(peer.get());
    }
    Optional<PeerId> id = peer.or(() -> link.claim);
    for (Place place : List.copyOf(places.values())) {
      if (place == dialled || id.isPresent() && place.belongsTo(id.get())) {
        if (ending.is(Farewell.LEAVING)) {
          place.failures = Math.max(place.failures, AFTER_LEAVING);
        }
        consider(place, backOff(place));
      }
    }
  }

  /** Whether the user has not been told yet that dialling {@code link} ends like this. */
  boolean isNews(Link link, NetworkException cause) {
    Place place = places.get(link.endpoint);
    if (place == null) {
      return true;
    }
    String complaint = cause.getClass() + ": " + cause.getMessage();
    boolean news = !complaint.equals(place.complaint);
    place.complaint = complaint;
    return news;
  }

  /** Forgets all. */
  void clear() {
    places.clear();
  }

  private void consider(Place place, Duration delay) {
    if (place.due == null && isWanted(place)) {
      place.due = mesh.after(delay, () -> dial(place));
    }
  }

  private void dial(Place place) {
    place.due = null;
    if (isWanted(place)) {
      place.link = mesh.dial(place.endpoint, place.id());
    }
  }

  private boolean isWanted(Place place) {
    if (place.leftAlone || place.link != null || places.get(place.endpoint) != place) {
      return false;
    }
    Optional<PeerId> id = place.id();
    return id.isEmpty() || !id.get().equals(self) && !mesh.isBusy(id.get()) && !isDialled(id.get());
  }

  private boolean isDialled(PeerId id) {
    return places.values().stream().anyMatch(other -> other.link != null && other.belongsTo(id));
  }

  private Duration firstDelay(Place place) {
    boolean othersTurn = place.id().map(id -> id.compareTo(self) < 0).orElse(false);
    return othersTurn ? MeshSettings.POLITE : Duration.ZERO;
  }

  private Duration backOff(Place place) {
    long delay = FIRST_DELAY.toNanos() << Math.min(place.failures, DOUBLINGS);
    return Duration.ofNanos(delay / 2 + random.nextLong(delay));
  }

  private void cancelDue(Place place) {
    mesh.cancel(place.due);
    place.due = null;
  }
}
