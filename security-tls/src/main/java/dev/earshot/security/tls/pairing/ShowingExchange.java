package dev.earshot.security.tls.pairing;

import dev.earshot.FramingException;
import dev.earshot.Payload;
import java.math.BigInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One exchange on the side that shows the code: {@link #answer}, {@link #accept}, {@link #finish}.
 *
 * <p>The first two take milliseconds of arithmetic each. For one thread at a time.
 */
public final class ShowingExchange {
  private final byte[] code;
  private final Card self;
  private final Supplier<BigInteger> scalars;
  private @Nullable Jpake jpake;
  private Payload opening = Payload.empty();
  private Payload answer = Payload.empty();
  private @Nullable ExchangeKeys keys;

  /** An exchange with this code; nothing is computed yet. */
  public ShowingExchange(Code code, Card self, Supplier<BigInteger> scalars) {
    this.code = code.bytes();
    this.self = self;
    this.scalars = scalars;
  }

  /**
   * Takes the opening.
   *
   * @return what to send: it depends on the code
   */
  public Message.Answer answer(Message.Opening message) throws FramingException {
    Jpake made = new Jpake(Side.SHOWING, code, scalars);
    made.peerShares(message.first(), message.second());
    Message.Answer reply = new Message.Answer(made.first(), made.second(), made.third());
    jpake = made;
    opening = MessageCodec.encode(message);
    answer = MessageCodec.encode(reply);
    return reply;
  }

  /**
   * Takes the proof.
   *
   * @return what to send
   * @throws WrongCodeException if the other side has not this code
   */
  public Accepted accept(Message.Proof message) throws FramingException, WrongCodeException {
    if (jpake == null) {
      throw new IllegalStateException("no answer was made");
    }
    byte[] secret = jpake.secret(message.third());
    ExchangeKeys made =
        new ExchangeKeys(secret, ExchangeKeys.transcript(opening, answer, message.third()));
    // Before the card: unlike a seal, a tag cannot be made to fit several keys.
    if (!made.isTag("entering", message.tag())) {
      throw new WrongCodeException();
    }
    Card peer = made.open(Side.ENTERING, message.card());
    keys = made;
    return new Accepted(
        new Message.Acceptance(made.tag("showing"), made.seal(Side.SHOWING, self)),
        new Agreement(made.key(), peer));
  }

  /** Takes the last message. */
  public void finish(Message.Done message) throws FramingException {
    if (keys == null || !keys.isTag("done", message.tag())) {
      throw new FramingException("pairing: the last message was changed on the way");
    }
  }

  /**
   * The other side knows the code.
   *
   * @param reply what to send
   * @param agreement what came of it, once the last message has arrived
   */
  public record Accepted(Message.Acceptance reply, Agreement agreement) {}
}
