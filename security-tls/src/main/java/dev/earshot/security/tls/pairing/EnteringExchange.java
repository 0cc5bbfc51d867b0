package dev.earshot.security.tls.pairing;

import dev.earshot.FramingException;
import java.math.BigInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One exchange on the side where the code was typed: {@link #open}, {@link #prove}, {@link
 * #conclude}.
 *
 * <p>The first two take milliseconds of arithmetic each. For one thread at a time.
 */
public final class EnteringExchange {
  private final byte[] code;
  private final Card self;
  private final Supplier<BigInteger> scalars;
  private @Nullable Jpake jpake;
  private Message.@Nullable Opening opening;
  private @Nullable ExchangeKeys keys;

  /** An exchange with this code; nothing is computed yet. */
  public EnteringExchange(Code code, Card self, Supplier<BigInteger> scalars) {
    this.code = code.bytes();
    this.self = self;
    this.scalars = scalars;
  }

  /** What to send first; it does not depend on the code. */
  public Message.Opening open() {
    Jpake made = new Jpake(Side.ENTERING, code, scalars);
    Message.Opening message = new Message.Opening(made.first(), made.second());
    jpake = made;
    opening = message;
    return message;
  }

  /**
   * Takes the answer.
   *
   * @return what to send: with it the other side can test one guess, and no more
   */
  public Message.Proof prove(Message.Answer message) throws FramingException {
    if (jpake == null || opening == null) {
      throw new IllegalStateException("nothing was opened");
    }
    jpake.peerShares(message.first(), message.second());
    Share third = jpake.third();
    byte[] transcript =
        ExchangeKeys.transcript(MessageCodec.encode(opening), MessageCodec.encode(message), third);
    ExchangeKeys made = new ExchangeKeys(jpake.secret(message.third()), transcript);
    keys = made;
    return new Message.Proof(third, made.tag("entering"), made.seal(Side.ENTERING, self));
  }

  /**
   * Takes the acceptance.
   *
   * @return what came of it, and the last message
   * @throws WrongCodeException if the other side has not this code
   */
  public Concluded conclude(Message.Acceptance message)
      throws FramingException, WrongCodeException {
    if (keys == null) {
      throw new IllegalStateException("nothing was proven");
    }
    if (!keys.isTag("showing", message.tag())) {
      throw new WrongCodeException();
    }
    Card peer = keys.open(Side.SHOWING, message.card());
    return new Concluded(new Message.Done(keys.tag("done")), new Agreement(keys.key(), peer));
  }

  /**
   * Both sides know the code.
   *
   * @param reply what to send
   * @param agreement what came of it
   */
  public record Concluded(Message.Done reply, Agreement agreement) {}
}
