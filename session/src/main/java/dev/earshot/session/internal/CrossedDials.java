package dev.earshot.session.internal;

import dev.earshot.session.PeerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rule by which one of several connections between two peers survives. Pure.
 *
 * <p>One side decides, so that the two cannot disagree; the other follows.
 */
interface CrossedDials {

  /** What becomes of a connection that is in use when another one between the same two comes up. */
  enum Challenge {
    /** It is asked for a sign of life; the newcomer has a chance only if none comes. */
    CHECK,
    /** It makes way. */
    REPLACE,
    /** It stays, whatever its state. */
    REFUSE
  }

  /** The rule of a mesh: docs/protocol.md, "One connection per pair of peers". */
  CrossedDials MESH = new SmallerIdDecides();

  /** Whether {@code self}, and not {@code remote}, decides. */
  boolean decides(PeerId self, PeerId remote);

  /**
   * The connection that the deciding side welcomes; null to wait for its own dial.
   *
   * @param candidates those on which both sides said hello, in the order in which they came
   * @param dialling whether a dial of this side is under way that may reach the same peer
   */
  @Nullable Link choose(List<Link> candidates, boolean dialling);

  /** What {@code newcomer} means to {@code holder}. */
  Challenge challenge(Link holder, Link newcomer);

  /**
   * The peer with the smaller id decides, and prefers the connection that it opened itself: of two
   * crossed connections, that of the smaller id survives.
   */
  final class SmallerIdDecides implements CrossedDials {
    private SmallerIdDecides() {}

    @Override
    public boolean decides(PeerId self, PeerId remote) {
      return self.compareTo(remote) < 0;
    }

    @Override
    public @Nullable Link choose(List<Link> candidates, boolean dialling) {
      Link chosen = null;
      for (Link candidate : candidates) { // the latest, which is the likeliest to be alive
        if (chosen == null || candidate.outgoing || !chosen.outgoing) {
          chosen = candidate;
        }
      }
      return chosen != null && !chosen.outgoing && dialling ? null : chosen;
    }

    @Override
    public Challenge challenge(Link holder, Link newcomer) {
      return Challenge.CHECK;
    }
  }
}
