package dev.earshot.internal.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Browser;
import dev.earshot.UnreachableException;
import dev.earshot.internal.browser.BrowserMachine.Event;
import dev.earshot.internal.browser.BrowserMachine.Phase;
import dev.earshot.internal.browser.BrowserMachine.Transition;
import dev.earshot.testing.StateTable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BrowserMachineTest {
  private static final UnreachableException REASON = new UnreachableException("no link");

  @Test
  void theTableInTheDocumentsIsTheOneInTheCode() {
    StateTable table = StateTable.of("Browser");
    Map<String, Event> events = events();
    assertThat(table.events()).containsExactlyElementsOf(events.keySet());
    assertThat(table.states().stream().map(BrowserMachineTest::plain))
        .containsExactlyElementsOf(
            Arrays.stream(Phase.values()).map(BrowserMachineTest::name).toList());
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
  void readyIsToldOnceHoweverOftenResultsCome() {
    BrowserMachine machine = new BrowserMachine();
    machine.on(new Event.Start());
    assertThat(machine.on(new Event.Results()).entered()).contains(new Browser.State.Ready());
    assertThat(machine.on(new Event.Results()).entered()).isEmpty();
  }

  @Test
  void waitingIsToldAgainOnlyForAnotherReason() {
    BrowserMachine machine = new BrowserMachine();
    machine.on(new Event.Start());
    assertThat(machine.on(new Event.NoLink(REASON)).entered()).isPresent();
    assertThat(machine.on(new Event.NoLink(new UnreachableException("no link"))).entered())
        .isEmpty();
    assertThat(machine.on(new Event.NoLink(new UnreachableException("wifi is off"))).entered())
        .isPresent();
  }

  private static Map<String, Event> events() {
    Map<String, Event> events = new LinkedHashMap<>();
    events.put("start", new Event.Start());
    events.put("results", new Event.Results());
    events.put("noLink", new Event.NoLink(REASON));
    events.put("fail", new Event.Fail(REASON));
    events.put("cancel", new Event.Cancel());
    assertThat(events).hasSize(Event.class.getPermittedSubclasses().length);
    return events;
  }

  private static String outcome(Phase phase, Event event) {
    BrowserMachine there = new BrowserMachine(phase, new Browser.State.Setup());
    Transition transition;
    try {
      transition = there.on(event);
    } catch (IllegalStateException illegal) {
      assertThat(there.phase()).isEqualTo(phase);
      return "illegal";
    }
    boolean over = phase == Phase.FAILED || phase == Phase.CANCELLED;
    boolean nothing = over && transition.phase() == phase && transition.entered().isEmpty();
    return nothing ? "-" : name(transition.phase());
  }

  private static String name(Phase phase) {
    return phase.name().charAt(0) + phase.name().substring(1).toLowerCase(Locale.ROOT);
  }

  private static String plain(String cell) {
    return cell.replace("*", "");
  }
}
