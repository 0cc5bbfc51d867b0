package dev.earshot.security.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.earshot.Endpoint;
import dev.earshot.testing.StateTable;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whether the tables about pairing, in {@code docs}, say what the code does. */
class PairingDocumentsTest {
  private static final String SHOWN = "Pairing, where the code is shown";
  private static final String TYPED = "Pairing, where the code is typed";
  private static final Pattern ENTRY = Pattern.compile("`([A-Z]\\w*\\.[a-z]\\w*)`");

  private static final List<Class<?>> WITH_STATE =
      List.of(
          PairingLife.class,
          CodeDesk.class,
          ShownPairing.class,
          Visitor.class,
          EnteredPairing.class,
          PairedPeers.class);

  @Test
  void everyFieldThatCanChangeHasAnOwner() throws IOException {
    Path page = Path.of(System.getProperty("earshot.root", ".."), "docs", "threading.md");
    String text = Files.readString(page);
    List<String> documented = ENTRY.matcher(text).results().map(match -> match.group(1)).toList();
    List<String> fields =
        WITH_STATE.stream()
            .flatMap(type -> Stream.concat(Stream.of(type), Stream.of(type.getDeclaredClasses())))
            .flatMap(type -> Stream.of(type.getDeclaredFields()))
            .filter(field -> !Modifier.isFinal(field.getModifiers()) && !field.isSynthetic())
            .map(PairingDocumentsTest::name)
            .toList();

    assertThat(documented).containsAll(fields);
    List<String> ours = WITH_STATE.stream().map(type -> type.getSimpleName() + ".").toList();
    assertThat(documented)
        .filteredOn(entry -> ours.stream().anyMatch(entry::startsWith))
        .isSubsetOf(fields);
  }

  private static String name(Field field) {
    return field.getDeclaringClass().getSimpleName() + "." + field.getName();
  }

  @TestFactory
  Stream<DynamicTest> theTableOfTheSideThatShowsTheCode() {
    assertThat(StateTable.of(SHOWN).states()).containsExactlyElementsOf(namesOf(List.of()));
    return cells(SHOWN, true);
  }

  @TestFactory
  Stream<DynamicTest> theTableOfTheSideWhereItIsTyped() {
    assertThat(StateTable.of(TYPED).states()).containsExactlyElementsOf(namesOf(List.of("Open")));
    return cells(TYPED, false);
  }

  private static List<String> namesOf(List<String> without) {
    return Stream.of(Pairing.State.class.getPermittedSubclasses())
        .map(Class::getSimpleName)
        .filter(name -> !without.contains(name))
        .toList();
  }

  private static Stream<DynamicTest> cells(String section, boolean shown) {
    StateTable table = StateTable.of(section);
    return table.states().stream()
        .flatMap(state -> table.events().stream().map(event -> List.of(state, event)))
        .filter(cell -> !table.cell(cell.get(0), cell.get(1)).isEmpty())
        .map(
            cell ->
                DynamicTest.dynamicTest(
                    String.join(": ", cell),
                    () -> {
                      String expected = table.cell(cell.get(0), cell.get(1));
                      try (Run run = run(shown, cell.get(1))) {
                        run.check(cell.get(0), expected);
                      }
                    }));
  }

  private static Run run(boolean shown, String event) {
    return shown ? new Shown(event) : new Typed(event);
  }

  /** One pairing that is brought into a state, and then lives through an event. */
  private abstract static class Run implements AutoCloseable {
    final PairingRoom room = new PairingRoom(1);
    final String event;

    Run(String event) {
      this.event = event;
    }

    abstract Pairing pairing();

    /** From {@link Pairing.State.Setup}. */
    abstract void bringTo(String state);

    abstract void happens();

    void check(String state, String expected) {
      if (!state.equals("Setup")) {
        bringTo(state);
      }
      assertThat(stateName()).isEqualTo(state);
      if (expected.equals("illegal")) {
        assertThatIllegalStateException().isThrownBy(this::happens);
      } else {
        happens();
      }
      boolean same = expected.equals("-") || expected.equals("illegal");
      if (!same && !stateName().equals(expected)) {
        room.passUntil(() -> stateName().equals(expected)); // no longer than it takes
      }
      assertThat(stateName()).isEqualTo(same ? state : expected);
    }

    final boolean passUntil(String state) {
      return room.passUntil(() -> stateName().equals(state));
    }

    final String stateName() {
      return pairing().state().getClass().getSimpleName();
    }

    @Override
    public void close() {
      room.close();
    }
  }

  /** The side that shows a code. */
  private static final class Shown extends Run {
    private final Pairing shown = room.offer();
    private PairingRoom.Raw visitor;

    Shown(String event) {
      super(event);
    }

    @Override
    Pairing pairing() {
      return shown;
    }

    @Override
    void bringTo(String state) {
      shown.start(room.shownBy, room.den.queue());
      if (state.equals("Cancelled")) {
        shown.cancel();
      }
      if (List.of("Preparing", "Cancelled").contains(state)) {
        return;
      }
      passUntil("Open");
      if (event.equals("expired") && state.equals("Exchanging")) {
        room.pass(Pairing.CODE_LIFE.minusSeconds(5)); // or who tries would be too slow first
      }
      switch (state) {
        case "Exchanging" -> tried();
        case "Paired" -> room.tryCode(shown, shown.code()).join();
        case "Failed" -> room.pass(Pairing.CODE_LIFE.plusSeconds(1));
        default -> {}
      }
    }

    private void tried() {
      if (event.equals("rightCode")) {
        room.enter(shown, shown.code()).start(room.enteredBy, room.kitchen.queue());
      } else {
        visitor = room.connect(shown);
        visitor.say(visitor.exchange(shown.code()).open());
      }
      passUntil("Exchanging");
    }

    @Override
    void happens() {
      switch (event) {
        case "start" -> shown.start(room.shownBy, room.den.queue());
        case "tried" -> tried();
        case "wrongCode" -> visitor.connection.forceCancel();
        case "lastWrongCode" -> {
          visitor.connection.forceCancel();
          for (int tries = 1; tries < Pairing.TRIES; tries++) {
            passUntil("Open");
            room.tryCode(shown, PairingRoom.otherThan(shown));
          }
        }
        case "expired" -> room.pass(Pairing.CODE_LIFE.plusSeconds(1));
        case "closed" -> room.den.close();
        case "cancel" -> shown.cancel();
        default -> {} // bound, rightCode: time does it
      }
    }
  }

  /** The side where it is typed. */
  private static final class Typed extends Run {
    private final Pairing shown = room.show();
    private @Nullable Pairing entered;
    private boolean nobody;

    Typed(String event) {
      super(event);
      nobody = event.equals("unreached");
    }

    @Override
    Pairing pairing() {
      Pairing made = entered;
      if (made == null) {
        String code = event.equals("wrongCode") ? PairingRoom.otherThan(shown) : shown.code();
        made = room.enter(nobody ? Endpoint.hostPort("10.0.0.9", 9) : door(), code);
        entered = made;
      }
      return made;
    }

    private Endpoint door() {
      return event.equals("silent") ? room.muteDoor() : PairingRoom.address(shown);
    }

    @Override
    void bringTo(String state) {
      nobody |= state.equals("Failed");
      pairing().start(room.enteredBy, room.kitchen.queue());
      switch (state) {
        case "Preparing" -> {}
        case "Cancelled" -> pairing().cancel();
        default -> passUntil(state);
      }
    }

    @Override
    void happens() {
      switch (event) {
        case "start" -> pairing().start(room.enteredBy, room.kitchen.queue());
        case "closed" -> room.kitchen.close();
        case "cancel" -> pairing().cancel();
        default -> {} // what was prepared for it, time does
      }
    }
  }
}
