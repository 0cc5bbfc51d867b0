package dev.earshot.security.tls.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.earshot.FramingException;
import dev.earshot.Payload;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes become a message of the right length, or a {@link FramingException}, and nothing else. */
class MessageCodecTest {
  private static final int MUTATIONS = 200_000;
  private static final Card CARD = new Card("Den");

  /** One of each kind, from a real exchange. */
  private static List<Message> conversation() throws Exception {
    var scalars = Code.scalars(new SecureRandom());
    EnteringExchange entering = new EnteringExchange(Code.parse("482913"), CARD, scalars);
    ShowingExchange showing = new ShowingExchange(Code.parse("482913"), CARD, scalars);
    Message.Opening opening = entering.open();
    Message.Answer answer = showing.answer(opening);
    Message.Proof proof = entering.prove(answer);
    Message.Acceptance acceptance = showing.accept(proof).reply();
    Message.Done done = entering.conclude(acceptance).reply();
    return List.of(
        opening, answer, proof, acceptance, done, new Message.Refusal(Message.Reason.BUSY));
  }

  @Test
  void everyMessageIsReadAsItWasWritten() throws Exception {
    List<Integer> lengths = new ArrayList<>();
    for (Message message : conversation()) {
      Payload bytes = MessageCodec.encode(message);
      lengths.add(bytes.length());
      assertThat(MessageCodec.decode(bytes)).isEqualTo(message);
    }
    assertThat(lengths).containsExactly(326, 488, 276, 114, 34, 3);
    assertThat(Message.MAXIMUM_BYTES).isEqualTo(488);
  }

  @Test
  void aMessageOneByteShorterOrLongerIsNone() throws Exception {
    for (Message message : conversation()) {
      byte[] bytes = MessageCodec.encode(message).toByteArray();
      for (int length = 0; length <= bytes.length + 1; length++) {
        Payload other = Payload.wrap(Arrays.copyOf(bytes, length));
        if (length != bytes.length) {
          assertThatExceptionOfType(FramingException.class)
              .isThrownBy(() -> MessageCodec.decode(other));
        }
      }
    }
  }

  @Test
  void refusalsOfLaterVersionsAndForUnknownReasonsAreRead() throws Exception {
    assertThat(MessageCodec.decode(Payload.wrap(new byte[] {6, 9, 77})))
        .isEqualTo(new Message.Refusal(Message.Reason.OTHER));
    assertThat(MessageCodec.opensOtherVersion(Payload.wrap(new byte[] {1, 9}))).isTrue();
    assertThat(MessageCodec.opensOtherVersion(Payload.wrap(new byte[] {1, 1}))).isFalse();
    assertThat(MessageCodec.opensOtherVersion(Payload.wrap(new byte[] {1}))).isFalse();
  }

  @Test
  void whateverIsChangedTheDecoderAnswersOrRefuses() throws Exception {
    List<Message> conversation = conversation();
    Random random = new Random(42);
    int understood = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes =
          MessageCodec.encode(conversation.get(random.nextInt(conversation.size()))).toByteArray();
      byte[] changed = mutate(bytes, random);
      try {
        Message message = MessageCodec.decode(Payload.wrap(changed));
        understood++;
        if (!(message instanceof Message.Refusal)) {
          assertThat(MessageCodec.encode(message)).isEqualTo(Payload.copyOf(changed));
        }
      } catch (FramingException expected) {
        assertThat(expected).hasMessageStartingWith("pairing: ");
      }
    }
    assertThat(understood).isBetween(MUTATIONS / 100, MUTATIONS);
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    byte[] changed =
        random.nextInt(3) == 0
            ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 40))
            : bytes.clone();
    for (int flips = random.nextInt(4); flips > 0 && changed.length > 0; flips--) {
      changed[random.nextInt(random.nextBoolean() ? Math.min(3, changed.length) : changed.length)] =
          (byte) random.nextInt();
    }
    return changed;
  }

  /** The whole exchange fed with changed bytes: a typed refusal, never anything else. */
  @Test
  void whateverIsChangedTheExchangeRefuses() throws Exception {
    Random random = new Random(43);
    var scalars = Code.scalars(new SecureRandom());
    EnteringExchange entering = new EnteringExchange(Code.parse("482913"), CARD, scalars);
    byte[] opening = MessageCodec.encode(entering.open()).toByteArray();
    for (int i = 0; i < 300; i++) {
      byte[] changed = opening.clone();
      int at = 2 + random.nextInt(changed.length - 2);
      changed[at] ^= (byte) (1 << random.nextInt(8));
      ShowingExchange showing = new ShowingExchange(Code.parse("482913"), CARD, scalars);
      Message.Opening message = (Message.Opening) MessageCodec.decode(Payload.wrap(changed));
      assertThatExceptionOfType(FramingException.class)
          .as("byte %d", at)
          .isThrownBy(() -> showing.answer(message));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb", "evil\u202Ename", "tab\t", "\uD800"})
  void namesThatWouldDeceiveAreNone(String name) {
    byte[] bytes = new byte[Card.BYTES];
    byte[] text = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    bytes[0] = (byte) text.length;
    System.arraycopy(text, 0, bytes, 1, text.length);
    if (!name.equals("\uD800")) { // Java writes a question mark for it
      assertThatExceptionOfType(FramingException.class).isThrownBy(() -> Card.decode(bytes));
    }
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
        .isThrownBy(() -> new Card(name));
  }

  @Test
  void cardsAreReadAsWrittenAndNothingElseIs() throws Exception {
    for (String name : List.of("D", "Küche", "\uD83C\uDFE0 Zuhause", "x".repeat(63))) {
      assertThat(Card.decode(new Card(name).encode())).isEqualTo(new Card(name));
    }
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextBoolean() ? Card.BYTES : random.nextInt(70)];
      random.nextBytes(bytes);
      try {
        assertThat(Card.decode(bytes).encode()).isEqualTo(bytes);
      } catch (FramingException expected) {
        assertThat(expected).hasMessageStartingWith("pairing: ");
      }
    }
  }
}
