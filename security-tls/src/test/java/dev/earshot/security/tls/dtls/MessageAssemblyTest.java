package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.security.tls.dtls.MessageAssembly.Outcome;
import org.junit.jupiter.api.Test;

/** Fragments of messages, true ones and others. */
class MessageAssemblyTest {
  private final MessageAssembly assembly = new MessageAssembly(MessageAssembly.LONGEST);

  /** A fragment of {@code count} bytes of a message of {@code length}. */
  private static byte[] fragment(int number, int length, int offset, int count) {
    byte[] bytes = new byte[HandshakeMessage.HEADER_BYTES + count];
    new HandshakeMessage(HandshakeMessage.CLIENT_HELLO, number, new byte[length])
        .putHeader(bytes, 0, offset, count);
    return bytes;
  }

  private Outcome take(int number, int length, int offset, int count) {
    return assembly.take(fragment(number, length, offset, count), 0);
  }

  @Test
  void aForgedFragmentDoesNotKeepTheTrueMessageOut() {
    assertThat(take(0, 1_000, 0, 1)).isEqualTo(Outcome.TAKEN);

    assertThat(take(0, 100, 0, 60)).isEqualTo(Outcome.TAKEN);
    assertThat(assembly.poll()).isNull();
    assertThat(take(0, 100, 60, 40)).isEqualTo(Outcome.TAKEN);

    HandshakeMessage whole = assembly.poll();
    assertThat(whole).isNotNull();
    assertThat(whole.body()).hasSize(100);
  }

  @Test
  void whoContradictsHimselfIsNotListenedToForEver() {
    int taken = 0;
    while (take(0, 1_000 + taken, 0, 1) == Outcome.TAKEN) {
      taken++;
      assertThat(taken).isLessThan(100);
    }
    assertThat(taken).isEqualTo(17);
  }

  @Test
  void whatIsTooLongTooFarAheadOrPointsOutsideIsRefused() {
    assertThat(take(0, MessageAssembly.LONGEST + 1, 0, 1)).isEqualTo(Outcome.REFUSED);
    assertThat(take(6, 10, 0, 1)).isEqualTo(Outcome.REFUSED);
    assertThat(take(0, 10, 9, 2)).isEqualTo(Outcome.REFUSED);
    assertThat(take(5, 10, 0, 1)).isEqualTo(Outcome.TAKEN);
    assembly.expect(12);
    assertThat(take(17, 10, 0, 1)).as("more than a handshake has").isEqualTo(Outcome.REFUSED);
    assertThat(take(11, 10, 0, 1)).isEqualTo(Outcome.REPEATED);
  }
}
