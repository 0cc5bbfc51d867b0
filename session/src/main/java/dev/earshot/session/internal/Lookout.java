package dev.earshot.session.internal;

import dev.earshot.Browser;
import dev.earshot.Endpoint;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.session.NearbyPeer;
import dev.earshot.session.PeerId;
import dev.earshot.session.internal.queue.SessionQueue;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The session's browser: who advertises on the network. On the session's queue.
 *
 * <p>What it finds are claims: they decide whom to dial, never who is there (checklist, item 73).
 */
final class Lookout implements Browser.Handler {
  private final SessionOptions options;
  private final SessionQueue queue;
  private final Callbacks callbacks;
  private final Switchboard switchboard;
  private final Browser browser;

  /** As this peer is found itself; null until it is. */
  private Endpoint.@Nullable Bonjour own;

  private Set<Browser.Result> results = Set.of();

  /** Never changed once it is here. Any thread may read. */
  private volatile Set<NearbyPeer> nearby = Set.of();

  /** Makes the browser, which looks for nobody yet. */
  Lookout(
      SessionOptions options,
      ServiceType type,
      SessionQueue queue,
      Callbacks callbacks,
      Switchboard switchboard) {
    this.options = options;
    this.queue = queue;
    this.callbacks = callbacks;
    this.switchboard = switchboard;
    this.browser = options.network().browser(type, options.dialling()).includeTxtRecords();
  }

  void start() {
    browser.start(this, queue);
  }

  CompletableFuture<Void> cancel() {
    return browser.cancel();
  }

  /** Those who advertise, without this peer. Any thread. */
  Set<NearbyPeer> nearby() {
    return nearby;
  }

  /** This peer itself is found as {@code endpoint}. */
  void advertised(Endpoint.Bonjour endpoint) {
    own = endpoint;
    switchboard.vanished(endpoint);
    tell();
  }

  @Override
  public void resultsChanged(
      Browser itself, Set<Browser.Result> latest, List<Browser.Change> changes) {
    results = latest;
    tell(); // before anything comes of it
    for (Browser.Change change : changes) {
      if (change instanceof Browser.Change.Added added) {
        found(added.result());
      } else if (change instanceof Browser.Change.Changed changed) {
        found(changed.after());
      } else if (change instanceof Browser.Change.Removed removed) {
        switchboard.vanished(removed.result().endpoint());
      }
    }
  }

  @Override
  public void stateUpdated(Browser itself, Browser.State state) {
    if (state instanceof Browser.State.Waiting waiting) {
      callbacks.discoveryFailed(waiting.reason());
    } else if (state instanceof Browser.State.Failed failed) {
      callbacks.discoveryFailed(failed.cause());
    }
  }

  private void found(Browser.Result result) {
    if (!isOwn(result)) {
      switchboard.found(result.endpoint(), claimedId(result.txtRecord()));
    }
  }

  private boolean isOwn(Browser.Result result) {
    return result.endpoint().equals(own)
        || claimedId(result.txtRecord()).map(options.self().id()::equals).orElse(false);
  }

  private void tell() {
    Set<NearbyPeer> now = new LinkedHashSet<>();
    for (Browser.Result result : results) {
      if (!isOwn(result)) {
        TxtRecord record = result.txtRecord();
        now.add(new NearbyPeer(result.endpoint(), claimedId(record), record));
      }
    }
    if (!now.equals(nearby)) {
      nearby = Collections.unmodifiableSet(now);
      callbacks.nearbyPeersChanged(nearby);
    }
  }

  private static Optional<PeerId> claimedId(TxtRecord record) {
    Optional<String> text = record.value(SessionOptions.PEER_ID);
    try {
      return text.map(PeerId::parse);
    } catch (IllegalArgumentException expected) {
      return Optional.empty(); // anybody may advertise anything
    }
  }
}
