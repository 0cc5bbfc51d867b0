package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.testing.FaultMatrix;
import dev.earshot.testing.StateTable;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every transition in the tables of {@code docs/states.md} is taken by a whole handle over the
 * memory transport: in the {@link FaultMatrix}, or in a {@link StateScenes scene} made for it.
 */
@Tag("once")
class TransitionsTest {
  /**
   * What no program, no transport and no peer can bring about: a mistake of the library while
   * nothing of it runs, and events of what a handle in that state does not hold. The machines' own
   * tests know these.
   */
  private static final Set<String> FROM_INSIDE_ONLY =
      Set.of(
          "Connection Setup broken Failed",
          "Connection Waiting broken Failed",
          "Connection Closing finished Cancelled",
          "Listener Starting fail Failed",
          "Listener Waiting fail Failed");

  @Test
  void everyTransitionIsTakenByWholeHandles() {
    Set<String> taken = new TreeSet<>();
    try (Witness witness = new Witness(taken)) {
      FaultMatrix.all().forEach(each -> each.life().run());
      StateScenes.all().forEach(Runnable::run);
      assertThat(witness.seen).isPositive();
    }
    Set<String> missing = new TreeSet<>();
    for (String handle : new String[] {"Connection", "Listener", "Browser"}) {
      StateTable table = StateTable.of(handle);
      for (String state : table.states()) {
        for (String event : table.events()) {
          String cell = plain(table.cell(state, event));
          boolean isTransition = !cell.equals("-") && !cell.equals("illegal");
          if (isTransition) {
            missing.add(String.join(" ", handle, plain(state), event, cell));
          }
        }
      }
    }
    Set<String> known = Set.copyOf(missing);
    missing.removeAll(taken);
    assertThat(missing).as("transitions that nothing took").isEqualTo(FROM_INSIDE_ONLY);
    assertThat(known).containsAll(FROM_INSIDE_ONLY);
  }

  private static String plain(String cell) {
    return cell.replace("*", "");
  }

  /** Writes down what the logger of states is told. */
  private static final class Witness extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("dev.earshot.states");
    private final boolean parents = logger.getUseParentHandlers();
    private final Set<String> taken;
    private int seen;

    private Witness(Set<String> taken) {
      this.taken = taken;
      logger.setUseParentHandlers(false);
      logger.setLevel(Level.FINER);
      logger.addHandler(this);
    }

    /** {@code connection with HOST: CANCEL in READY leads to CLOSING}, and the like. */
    @Override
    public void publish(LogRecord told) {
      seen++;
      Object[] parts = told.getParameters();
      String message = told.getMessage();
      String handle =
          message.startsWith("connection")
              ? "Connection"
              : parts[0].toString().replaceFirst("\\[.*", "");
      taken.add(
          String.join(
              " ", handle, capital(parts[2]), camelCase(parts[1].toString()), capital(parts[3])));
    }

    private static String capital(Object phase) {
      String name = phase.toString();
      return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    /** {@code GRACE_OVER} and {@code GraceOver} as {@code graceOver}. */
    private static String camelCase(String event) {
      if (!event.equals(event.toUpperCase(Locale.ROOT))) {
        return Character.toLowerCase(event.charAt(0)) + event.substring(1);
      }
      StringBuilder name = new StringBuilder();
      for (String word : event.toLowerCase(Locale.ROOT).split("_")) {
        name.append(name.length() == 0 ? word : capitalized(word));
      }
      return name.toString();
    }

    private static String capitalized(String word) {
      return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
      logger.setLevel(null);
      logger.setUseParentHandlers(parents);
    }
  }
}
