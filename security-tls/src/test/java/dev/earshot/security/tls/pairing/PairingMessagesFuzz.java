package dev.earshot.security.tls.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.testing.Amplification;
import dev.earshot.testing.PeerBytes;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Messages of a pairing, from anybody: read as they would be written, or refused; and whoever does
 * not know the code never comes to an agreement with either side.
 *
 * <p>The first byte chooses who reads the rest.
 */
public final class PairingMessagesFuzz {
  private static final int FACTOR = 200;
  private static final int BASE = 32 << 20; // points of the curve
  private static final Code CODE = Code.parse("482913");
  private static final Card CARD = new Card("Den");

  private PairingMessagesFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Amplification.bounded(input.length, FACTOR, BASE, () -> take(new PeerBytes(input)));
  }

  private static void take(PeerBytes bytes) throws Exception {
    int choice = bytes.octet();
    byte[] rest = bytes.rest();
    card(rest);
    Message message;
    try {
      message = MessageCodec.decode(Payload.wrap(rest));
    } catch (FramingException refused) {
      assertThat(refused.getMessage()).matches("[ -~]+");
      return;
    }
    assertThat(rest.length).isLessThanOrEqualTo(Message.MAXIMUM_BYTES);
    if (!(message instanceof Message.Refusal)) { // of which later versions may have other reasons
      assertThat(MessageCodec.encode(message).toByteArray()).isEqualTo(rest);
    }
    if ((choice & 1) != 0) {
      read(message);
    }
  }

  private static void card(byte[] bytes) {
    byte[] framed = Arrays.copyOf(bytes, Card.BYTES);
    try {
      Card card = Card.decode(framed);
      assertThat(card.encode()).isEqualTo(framed);
    } catch (FramingException refused) {
      assertThat(refused.getMessage()).matches("[ -~]+");
    }
  }

  private static void read(Message message) {
    ShowingExchange showing = new ShowingExchange(CODE, CARD, scalars());
    EnteringExchange entering = new EnteringExchange(CODE, CARD, scalars());
    try {
      if (message instanceof Message.Opening it) {
        showing.answer(it);
        return; // no harm yet: nothing was proved
      } else if (message instanceof Message.Answer it) {
        entering.open();
        entering.prove(it);
        return;
      } else if (message instanceof Message.Proof it) {
        showing.answer(new EnteringExchange(CODE, CARD, scalars()).open());
        showing.accept(it);
      } else if (message instanceof Message.Acceptance it) {
        entering.prove(new ShowingExchange(CODE, CARD, scalars()).answer(entering.open()));
        entering.conclude(it);
      } else if (message instanceof Message.Done it) {
        showing.finish(it);
      } else {
        return;
      }
    } catch (FramingException | WrongCodeException refused) {
      return;
    }
    throw new AssertionError("an agreement with a stranger by " + message);
  }

  /** The same numbers in every run. */
  private static Supplier<BigInteger> scalars() {
    Random random = new Random(11);
    return () -> new BigInteger(250, random).add(BigInteger.ONE);
  }

  /** One message of each kind of a real exchange, for either reader. */
  public static List<byte[]> seeds() throws Exception {
    EnteringExchange entering = new EnteringExchange(CODE, CARD, Code.scalars(new SecureRandom()));
    ShowingExchange showing = new ShowingExchange(CODE, CARD, scalars());
    Message.Opening opening = entering.open();
    Message.Answer answer = showing.answer(opening);
    Message.Proof proof = entering.prove(answer);
    Message.Acceptance acceptance = showing.accept(proof).reply();
    Message.Done done = entering.conclude(acceptance).reply();
    Message refusal = new Message.Refusal(Message.Reason.BUSY);
    List<byte[]> seeds = new ArrayList<>();
    for (Message message : List.of(opening, answer, proof, acceptance, done, refusal)) {
      byte[] bytes = MessageCodec.encode(message).toByteArray();
      seeds.add(seed(0, bytes));
      seeds.add(seed(1, bytes));
    }
    seeds.add(seed(0, CARD.encode()));
    return seeds;
  }

  private static byte[] seed(int choice, byte[] bytes) {
    byte[] seed = new byte[1 + bytes.length];
    seed[0] = (byte) choice;
    System.arraycopy(bytes, 0, seed, 1, bytes.length);
    return seed;
  }
}
