package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.internal.connection.ConnectionMachine.Effect;
import dev.earshot.internal.connection.ConnectionMachine.Event;
import dev.earshot.internal.connection.ConnectionMachine.Phase;
import dev.earshot.internal.connection.ConnectionMachine.Transition;
import dev.earshot.testing.StateTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectionMachineTest {

  @Test
  void theTableInTheDocumentsIsTheOneInTheCode() {
    StateTable table = StateTable.of("Connection");
    assertThat(table.events())
        .containsExactlyElementsOf(
            Arrays.stream(Event.values()).map(ConnectionMachineTest::camelCase).toList());
    assertThat(table.states().stream().map(ConnectionMachineTest::plain))
        .containsExactlyElementsOf(
            Arrays.stream(Phase.values()).map(ConnectionMachineTest::name).toList());
    for (String state : table.states()) {
      Phase phase = Phase.valueOf(plain(state).toUpperCase(Locale.ROOT));
      for (Event event : Event.values()) {
        assertThat(outcome(phase, event))
            .as("%s in %s", event, phase)
            .isEqualTo(plain(table.cell(state, camelCase(event))));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void everyPairIsATransitionOrThrowsAndThenChangesNothing(Phase phase) {
    for (Event event : Event.values()) {
      ConnectionMachine machine = machineIn(phase);
      Transition known = ConnectionMachine.transition(phase, event);
      if (known == null) {
        assertThatThrownBy(() -> machine.on(event))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining(event.name())
            .hasMessageContaining(phase.name());
        assertThat(machine.phase()).isEqualTo(phase);
      } else {
        assertThat(machine.on(event)).isEqualTo(known);
        assertThat(machine.phase()).isEqualTo(known.next());
      }
    }
  }

  @Test
  void everythingIsReleasedOnceAndExactlyWhenItIsOver() {
    forEachTransition(
        (from, event, transition) ->
            assertThat(transition.effects().contains(Effect.RELEASE))
                .as("%s in %s", event, from)
                .isEqualTo(!isOver(from) && isOver(transition.next())));
  }

  @Test
  void releaseIsTheLastThing() {
    forEachTransition(
        (from, event, transition) -> {
          int at = transition.effects().indexOf(Effect.RELEASE);
          assertThat(at).isIn(-1, transition.effects().size() - 1);
        });
  }

  @Test
  void nothingIsDoneOnceItIsOver() {
    forEachTransition(
        (from, event, transition) -> {
          if (isOver(from)) {
            assertThat(transition.effects()).as("%s in %s", event, from).isEmpty();
          }
        });
  }

  @Test
  void anAttemptThatRunsAndAPipeThatIsUpAreNeverLeftBehind() {
    forEachTransition(
        (from, event, transition) -> {
          boolean ourDoing = event != Event.REFUSED && event != Event.UNREACHED;
          if (from == Phase.PREPARING && transition.next() != from && ourDoing) {
            assertThat(transition.effects())
                .as("%s in %s", event, from)
                .containsAnyOf(Effect.CANCEL_ATTEMPT, Effect.ADOPT_PIPE);
          }
          boolean pipeEndedItself =
              List.of(Event.LOST, Event.CLOSED, Event.FINISHED).contains(event);
          if (hasPipe(from) && isOver(transition.next()) && !pipeEndedItself) {
            assertThat(transition.effects())
                .as("%s in %s", event, from)
                .contains(Effect.ABORT_PIPE);
          }
        });
  }

  private interface Check {
    void check(Phase from, Event event, Transition transition);
  }

  private static void forEachTransition(Check check) {
    for (Phase phase : Phase.values()) {
      for (Event event : Event.values()) {
        Transition transition = ConnectionMachine.transition(phase, event);
        if (transition != null) {
          check.check(phase, event, transition);
        }
      }
    }
  }

  private static boolean isOver(Phase phase) {
    return phase == Phase.FAILED || phase == Phase.CANCELLED;
  }

  private static boolean hasPipe(Phase phase) {
    return phase == Phase.READY || phase == Phase.CLOSING;
  }

  /** A machine that has come to {@code phase} by events. */
  private static ConnectionMachine machineIn(Phase phase) {
    Map<Phase, List<Event>> ways = new EnumMap<>(Phase.class);
    ways.put(Phase.SETUP, List.of());
    ArrayDeque<Phase> next = new ArrayDeque<>(List.of(Phase.SETUP));
    while (!next.isEmpty()) {
      Phase from = next.remove();
      for (Event event : Event.values()) {
        Transition transition = ConnectionMachine.transition(from, event);
        if (transition != null && !ways.containsKey(transition.next())) {
          List<Event> way = new ArrayList<>(ways.get(from));
          way.add(event);
          ways.put(transition.next(), way);
          next.add(transition.next());
        }
      }
    }
    ConnectionMachine machine = new ConnectionMachine();
    ways.get(phase).forEach(machine::on);
    assertThat(machine.phase()).isEqualTo(phase);
    return machine;
  }

  private static String outcome(Phase phase, Event event) {
    Transition transition = ConnectionMachine.transition(phase, event);
    if (transition == null) {
      return "illegal";
    }
    boolean nothing = transition.next() == phase && transition.effects().isEmpty();
    return nothing ? "-" : name(transition.next());
  }

  private static String name(Phase phase) {
    return phase.name().charAt(0) + phase.name().substring(1).toLowerCase(Locale.ROOT);
  }

  private static String camelCase(Event event) {
    StringBuilder name = new StringBuilder();
    for (String word : event.name().split("_")) {
      String lower = word.toLowerCase(Locale.ROOT);
      name.append(
          name.isEmpty() ? lower : Character.toUpperCase(lower.charAt(0)) + lower.substring(1));
    }
    return name.toString();
  }

  private static String plain(String cell) {
    return cell.replace("*", "");
  }
}
