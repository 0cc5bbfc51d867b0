package dev.earshot.security.tls;

import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Security as in Apple's sample "Building a custom peer-to-peer protocol", whose game is TicTacToe:
 * a key made of the passcode that one player shows and the other types in.
 *
 * <p><b>It protects little.</b> Whoever records a connection that uses the sample's own suite,
 * 0x00A8, finds a passcode of four digits in less than a second, and can then read everything, then
 * and later; whoever takes part can try passcodes one after the other. Use it to talk with apps
 * that are made that way, and nothing else; for people who type codes there is pairing.
 *
 * <p>TLS 1.2 with the suites that Earshot always has: between two Earshots one with forward secrecy
 * is agreed on, from which a mere recording gives nothing away; the sample has only 0x00A8.
 *
 * <p>The identity is {@value #IDENTITY}. An accepting side takes any other as well, since the
 * sample of 2020 sends an address in memory instead. Thread-safe.
 */
public final class TicTacToe {
  /** What the sample calls its key, and its message to the derivation. */
  public static final String IDENTITY = "TicTacToe";

  private static final System.Logger LOG = System.getLogger("dev.earshot.security");
  private static final String DERIVATION = "HmacSHA256";

  private TicTacToe() {}

  /**
   * Protection with the key of {@code passcode}, for either side. Logs a warning each time.
   *
   * @throws IllegalArgumentException if the passcode is empty
   */
  public static Security.Psk security(CharSequence passcode) {
    LOG.log(
        Level.WARNING,
        "a passcode is used as a key, as in the TicTacToe sample: whoever records or joins in can"
            + " find it out; use a random key or pairing wherever the other side can");
    return Security.psk(PskSource.anyIdentity(key(passcode)));
  }

  /**
   * The key of {@code passcode}: HMAC-SHA256 with the passcode as its key and {@value #IDENTITY} as
   * its message. Destroy it when it is no longer needed.
   *
   * @throws IllegalArgumentException if the passcode is empty
   */
  public static PreSharedKey key(CharSequence passcode) {
    if (passcode.length() == 0) {
      throw new IllegalArgumentException("an empty passcode");
    }
    byte[] secret = passcode.toString().getBytes(StandardCharsets.UTF_8);
    byte[] derived = new byte[0];
    try {
      Mac mac = Mac.getInstance(DERIVATION);
      mac.init(new SecretKeySpec(secret, DERIVATION));
      derived = mac.doFinal(IDENTITY.getBytes(StandardCharsets.UTF_8));
      return PreSharedKey.of(IDENTITY, derived);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + DERIVATION, e);
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(derived, (byte) 0);
    }
  }
}
