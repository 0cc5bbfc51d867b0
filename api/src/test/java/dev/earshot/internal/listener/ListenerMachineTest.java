package dev.earshot.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Listener;
import dev.earshot.UnreachableException;
import dev.earshot.internal.listener.ListenerMachine.Effect;
import dev.earshot.internal.listener.ListenerMachine.Event;
import dev.earshot.internal.listener.ListenerMachine.Phase;
import dev.earshot.internal.listener.ListenerMachine.Transition;
import dev.earshot.testing.StateTable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ListenerMachineTest {
  private static final UnreachableException REASON = new UnreachableException("no such link");

  private final ListenerMachine machine = new ListenerMachine();

  @Test
  void theTableInTheDocumentsIsTheOneInTheCode() {
    StateTable table = StateTable.of("Listener");
    Map<String, Event> events = events();
    assertThat(table.events()).containsExactlyElementsOf(events.keySet());
    assertThat(table.states().stream().map(ListenerMachineTest::plain))
        .containsExactlyElementsOf(Arrays.stream(Phase.values()).map(this::name).toList());
    for (String state : table.states()) {
      Phase phase = Phase.valueOf(plain(state).toUpperCase(Locale.ROOT));
      events.forEach(
          (name, event) ->
              assertThat(outcome(phase, event))
                  .as("%s in %s", name, state)
                  .isEqualTo(plain(table.cell(state, name))));
    }
  }

  @Test
  void aListenerThatNeedsNothingGoesFromSetupToReady() {
    assertThat(machine.on(new Event.Start()).effects()).containsExactly(Effect.SEEK);
    assertThat(machine.on(new Event.Addresses()).effects()).containsExactly(Effect.BIND);
    Transition bound = machine.on(new Event.Bound());
    assertThat(bound.entered()).contains(new Listener.State.Ready());
    assertThat(bound.effects()).containsExactly(Effect.ADVERTISE);
  }

  @Test
  void leavingReadyStopsAdvertisingBeforeItFreesThePort() {
    become(Phase.READY);
    assertThat(machine.on(new Event.NoAddresses(REASON)).effects())
        .containsExactly(Effect.WITHDRAW, Effect.UNBIND);
  }

  @Test
  void waitingIsToldAgainOnlyForAnotherReason() {
    become(Phase.BINDING);
    assertThat(machine.on(new Event.NoAddresses(REASON)).entered()).isPresent();
    assertThat(
            machine.on(new Event.NoAddresses(new UnreachableException("no such link"))).entered())
        .isEmpty();
    machine.on(new Event.Addresses());
    assertThat(machine.on(new Event.Refused(REASON)).entered()).isEmpty();
    assertThat(machine.on(new Event.NoAddresses(new UnreachableException("another"))).entered())
        .isPresent();
  }

  @Test
  void addressesThatComeWhileBindingAreBoundInsteadOfTheOthers() {
    become(Phase.BINDING);
    assertThat(machine.on(new Event.Addresses()).effects())
        .containsExactly(Effect.UNBIND, Effect.BIND);
  }

  @Test
  void addressesThatComeWhileReadyAreBoundAsWell() {
    become(Phase.READY);
    Transition more = machine.on(new Event.Addresses());
    assertThat(more.entered()).isEmpty();
    assertThat(more.effects()).containsExactly(Effect.BIND);
  }

  @Test
  void whatIsIllegalSaysWhereAndWhat() {
    assertThatThrownBy(() -> machine.on(new Event.Bound()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("SETUP")
        .hasMessageContaining("Bound");
  }

  private void become(Phase phase) {
    machine.on(new Event.Start());
    machine.on(new Event.Addresses());
    if (phase == Phase.READY) {
      machine.on(new Event.Bound());
    }
    assertThat(machine.phase()).isEqualTo(phase);
  }

  private static Map<String, Event> events() {
    Map<String, Event> events = new LinkedHashMap<>();
    events.put("start", new Event.Start());
    events.put("addresses", new Event.Addresses());
    events.put("noAddresses", new Event.NoAddresses(REASON));
    events.put("bound", new Event.Bound());
    events.put("refused", new Event.Refused(REASON));
    events.put("fail", new Event.Fail(REASON));
    events.put("cancel", new Event.Cancel());
    assertThat(events).hasSize(Event.class.getPermittedSubclasses().length);
    return events;
  }

  private String outcome(Phase phase, Event event) {
    ListenerMachine there = new ListenerMachine(phase, new Listener.State.Setup());
    Transition transition;
    try {
      transition = there.on(event);
    } catch (IllegalStateException illegal) {
      assertThat(there.phase()).isEqualTo(phase);
      return "illegal";
    }
    assertThat(there.phase()).isEqualTo(transition.phase());
    boolean nothing =
        transition.phase() == phase
            && transition.entered().equals(Optional.empty())
            && transition.effects().equals(List.of());
    return nothing ? "-" : name(transition.phase());
  }

  private String name(Phase phase) {
    return phase.name().charAt(0) + phase.name().substring(1).toLowerCase(Locale.ROOT);
  }

  private static String plain(String cell) {
    return cell.replace("*", "");
  }
}
