package dev.earshot.security.tls.psk;

import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.security.tls.engine.Question;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an accepting side, for one handshake. Used by one thread at a time, but for {@link
 * #abandon}.
 *
 * <p>Whoever names an identity that has no key goes on with a random one, and fails where a wrong
 * key fails, with the same alert and after the same work (RFC 4279, section 2): so nobody can find
 * out which identities exist. Only this side is told.
 */
final class AcceptingKeys {
  private static final int DUMMY_BYTES = 32;

  private final PskSource source;
  private final boolean tls13;
  private final SecureRandom random;
  private final HandshakeFacts facts;
  private final ClientMessages messages;
  private volatile @Nullable KeyLookup lookup;
  private @Nullable Throwable trouble;

  /**
   * With the keys of {@code source}.
   *
   * @param tls13 whether TLS 1.3 may be agreed
   */
  AcceptingKeys(PskSource source, boolean tls13, SecureRandom random, HandshakeFacts facts) {
    this.source = source;
    this.tls13 = tls13;
    this.random = random;
    this.facts = facts;
    this.messages = new ClientMessages(tls13);
  }

  /** What must be known before {@code record} can be taken; null if it is known already. */
  @Nullable Question question(byte[] record) {
    messages.record(record);
    List<Payload> wanted = messages.identities(false);
    if (wanted.isEmpty() && tls13) {
      wanted = messages.identities(true);
    }
    KeyLookup last = lookup;
    if (wanted.isEmpty() || last != null && last.identities().equals(wanted)) {
      return null;
    }
    KeyLookup next = new KeyLookup(source, wanted);
    lookup = next;
    if (source instanceof PskSource.Fixed) {
      next.ask(); // which is ours and answers at once
      return null;
    }
    return next;
  }

  /** What the client's hello offers in TLS 1.3; null if nothing. */
  @Nullable OfferedKeys offered() {
    return messages.offered();
  }

  /** The identity to go on with, of those that {@link #offered} has. */
  Payload chosen() {
    OfferedKeys offer = messages.offered();
    if (offer == null) {
      throw new IllegalStateException("no keys are offered");
    }
    KeyLookup done = lookup;
    return done == null
        ? offer.identities().get(0)
        : done.found().map(KeyLookup.Found::identity).orElse(offer.identities().get(0));
  }

  /** The key for {@code identity}, or one that nobody has; an array of the caller's own. */
  byte[] keyFor(Payload identity) {
    facts.identity(identity);
    KeyLookup done = lookup;
    if (done != null) {
      trouble = done.trouble();
      KeyLookup.Found found = done.found().orElse(null);
      if (found != null && found.identity().equals(identity)) {
        try {
          return copy(found.secret());
        } catch (IllegalStateException e) {
          trouble = e; // it has been destroyed
        }
      }
    }
    facts.keyMissing();
    byte[] dummy = new byte[DUMMY_BYTES];
    random.nextBytes(dummy);
    return dummy;
  }

  /** The key under an array of the caller's own: Bouncy Castle overwrites the one it is given. */
  static byte[] copy(PreSharedKey key) {
    return key.use(byte[]::clone);
  }

  /** Why a key could not be looked up; null if it could. */
  @Nullable Throwable trouble() {
    return trouble;
  }

  /** Whether the binder that was refused was made with the identity as key. */
  boolean isIdentityBoundAsKey() {
    OfferedKeys offer = messages.offered();
    Payload identity = facts.identity();
    return offer != null && identity != null && offer.isBoundWith(identity, identity.toByteArray());
  }

  /** Ends the wait for an answer. May be called on any thread. */
  void abandon() {
    KeyLookup current = lookup;
    if (current != null) {
      current.abandon();
    }
  }

  /** Lets go of what only the handshake needs. */
  void forget() {
    messages.forget();
  }
}
