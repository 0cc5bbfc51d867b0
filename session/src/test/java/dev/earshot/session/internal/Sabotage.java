package dev.earshot.session.internal;

import dev.earshot.session.PeerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is broken on purpose, to see that the simulation finds it. */
enum Sabotage {
  /** Nothing. */
  NONE,
  /** Both sides decide for themselves. */
  EVERYBODY_DECIDES,
  /** Each side waits for the other to decide. */
  NOBODY_DECIDES,
  /** The deciding side takes whatever comes first. */
  FIRST_COME,
  /** The connection of the larger id survives. */
  LARGER_WINS,
  /** A newcomer takes the place of a connection that is in use. */
  NEWCOMER_REPLACES,
  /** Users exchange content as soon as hellos were said. */
  OPENS_EARLY,
  /** What was said just before a goodbye is lost. */
  LOSES_THE_LAST,
  /** Some messages arrive twice. */
  DOUBLES;

  CrossedDials rule() {
    return switch (this) {
      case EVERYBODY_DECIDES, NOBODY_DECIDES, FIRST_COME, LARGER_WINS, NEWCOMER_REPLACES ->
          new Broken(this);
      default -> CrossedDials.MESH;
    };
  }

  private record Broken(Sabotage how) implements CrossedDials {
    @Override
    public boolean decides(PeerId self, PeerId remote) {
      return switch (how) {
        case EVERYBODY_DECIDES -> true;
        case NOBODY_DECIDES -> false;
        default -> MESH.decides(self, remote);
      };
    }

    @Override
    public @Nullable Link choose(List<Link> candidates, boolean dialling) {
      return switch (how) {
        case FIRST_COME -> candidates.isEmpty() ? null : candidates.get(0);
        case LARGER_WINS ->
            candidates.stream()
                .filter(link -> !link.outgoing)
                .findFirst()
                .orElse(candidates.isEmpty() ? null : candidates.get(0));
        default -> MESH.choose(candidates, dialling);
      };
    }

    @Override
    public Challenge challenge(Link holder, Link newcomer) {
      return how == NEWCOMER_REPLACES ? Challenge.REPLACE : MESH.challenge(holder, newcomer);
    }
  }
}
