package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How messages are cut and joined, without a network. */
class FragmentAssemblyTest {
  private static final int LARGEST = 100_000;
  private static final int MEMORY = 200_000;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final FragmentAssembly assembly =
      new FragmentAssembly(LARGEST, MEMORY, Duration.ofSeconds(2));
  private final Random random = new Random(7);

  @Test
  void everySizeComesBackWholeInAnyOrderWithRepetitions() {
    for (int length = 0; length < 600; length++) {
      Payload message = bytes(length);
      List<Payload> datagrams = new ArrayList<>(Fragment.cut(length, message, 33));
      assertThat(datagrams).allMatch(datagram -> datagram.length() <= 33);
      datagrams.addAll(datagrams);
      Collections.shuffle(datagrams, random);
      assertThat(addAll(datagrams)).containsExactly(message);
    }
    assertThat(assembly.held()).isZero();
  }

  @Test
  void messagesMayBeMixed() {
    Payload one = bytes(5_000);
    Payload other = bytes(7_000);
    List<Payload> datagrams = new ArrayList<>(Fragment.cut(-1, one, 500));
    datagrams.addAll(Fragment.cut(0, other, 600));
    Collections.shuffle(datagrams, random);
    assertThat(addAll(datagrams)).containsExactlyInAnyOrder(one, other);
  }

  @Test
  void theBytesOnTheWireAreThoseThatAreDescribed() {
    List<Payload> datagrams = Fragment.cut(0x01020304, Payload.utf8("abcde"), 14);
    assertThat(datagrams).hasSize(3);
    assertThat(datagrams.get(2).toByteArray())
        .isEqualTo(new byte[] {1, 2, 3, 4, 0, 0, 0, 5, 0, 2, 0, 3, 'e'});
  }

  @Test
  void thereAreNoMoreFragmentsThanTheirNumberCanSay() {
    assertThat(Fragment.cut(1, bytes(0xFFFF), 13)).hasSize(0xFFFF);
    assertThat(Fragment.cut(1, bytes(0x10000), 13)).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> Fragment.cut(1, bytes(1), 12));
  }

  @Test
  void whatIsIncompleteForTooLongIsDroppedAndItsRestBeginsNothing() {
    List<Payload> datagrams = Fragment.cut(5, bytes(1_000), 400);
    assertThat(assembly.add(datagrams.get(0), 0)).isNull();
    assertThat(assembly.incomplete()).isEqualTo(1);
    assertThat(assembly.add(datagrams.get(1), 3 * SECOND)).isNull();
    assertThat(assembly.incomplete()).isZero();
    assertThat(assembly.held()).isZero();
    assertThat(assembly.add(datagrams.get(2), 3 * SECOND)).isNull();
    assertThat(assembly.add(datagrams.get(0), 3 * SECOND)).isNull();
    assertThat(assembly.incomplete()).isZero();
  }

  @Test
  void timeMayBeginAnywhere() {
    List<Payload> datagrams = Fragment.cut(5, bytes(1_000), 600);
    assertThat(assembly.add(datagrams.get(0), Long.MAX_VALUE)).isNull();
    assertThat(assembly.add(datagrams.get(1), Long.MAX_VALUE + SECOND)).isEqualTo(bytesAgain());
  }

  private Payload bytesAgain() {
    random.setSeed(7);
    return bytes(1_000);
  }

  @Test
  void whatBreaksTheRulesIsDropped() {
    assertThat(assembly.add(Payload.empty(), 0)).isNull();
    assertThat(assembly.add(bytes(11), 0)).isNull();
    for (int[] broken :
        new int[][] {
          {-1, 0, 1, 0}, // a negative total
          {LARGEST + 1, 0, 2, LARGEST / 2 + 1}, // more than is permitted
          {10, 0, 0, 10}, // of no fragments
          {10, 2, 2, 5}, // not one of two
          {10, 0, 11, 1}, // more fragments than bytes
          {0, 0, 2, 0}, // nothing, in two fragments
          {10, 0, 2, 4}, // too short
          {10, 0, 2, 6}, // too long
          {10, 1, 2, 6}, // beyond the end
          {9, 0, 8, 2}, // eight fragments of two bytes are more than nine bytes
          {0, 0, 1, 1}, // more than nothing
        }) {
      Payload datagram = fragment(broken[0], broken[1], broken[2], broken[3]);
      assertThat(assembly.add(datagram, 0)).isNull();
      assertThat(assembly.incomplete()).as("%s", (Object) broken).isZero();
    }
  }

  @Test
  void aFragmentThatContradictsTheFirstChangesNothing() {
    Payload message = bytes(1_000);
    List<Payload> datagrams = Fragment.cut(9, message, 512);
    assembly.add(datagrams.get(0), 0);
    for (Payload other : Fragment.cut(9, bytes(900), 300)) {
      assertThat(assembly.add(other, 0)).isNull();
    }
    assertThat(assembly.add(Fragment.cut(9, bytes(5), 300).get(0), 0)).isNull();
    assertThat(assembly.add(datagrams.get(1), 0)).isEqualTo(message);
  }

  @Test
  void aFloodOfPartialMessagesIsBoundedInNumber() {
    for (int i = 0; i < 10_000; i++) {
      assembly.add(Fragment.cut(i, bytes(100), 62).get(0), 0);
      assertThat(assembly.incomplete()).isLessThanOrEqualTo(FragmentAssembly.MOST_MESSAGES);
    }
    Payload honest = bytes(100);
    assertThat(addAll(Fragment.cut(-5, honest, 62))).containsExactly(honest);
  }

  @Test
  void aFloodOfFragmentsIsBoundedInBytesHoweverSmallTheyAre() {
    for (int size : new int[] {13, 14, 1_000, 60_000}) {
      int number = size * 1_000;
      for (int i = 0; i < 20; i++) {
        List<Payload> datagrams = Fragment.cut(number++, bytes(60_000), size);
        for (Payload datagram : datagrams.subList(0, datagrams.size() - 1)) {
          assembly.add(datagram, 0);
          assertThat(assembly.held()).isLessThanOrEqualTo(MEMORY);
        }
      }
    }
    Payload honest = bytes(LARGEST);
    assertThat(addAll(Fragment.cut(-5, honest, 1_200))).containsExactly(honest);
  }

  @Test
  void whatIsAnnouncedTakesNoMemory() {
    assembly.add(fragment(LARGEST, 0, 1_000, 100), 0);
    assertThat(assembly.held()).isEqualTo(100 + FragmentAssembly.OVERHEAD);
  }

  private List<Payload> addAll(List<Payload> datagrams) {
    List<Payload> messages = new ArrayList<>();
    for (Payload datagram : datagrams) {
      @Nullable Payload message = assembly.add(datagram, 0);
      if (message != null) {
        messages.add(message);
      }
    }
    return messages;
  }

  private static Payload fragment(int total, int index, int count, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(Fragment.HEADER + length);
    bytes.putInt(3).putInt(total).putShort((short) index).putShort((short) count);
    return Payload.wrap(bytes.array());
  }

  private Payload bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Payload.wrap(bytes);
  }
}
