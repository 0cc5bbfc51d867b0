package dev.earshot.session.internal.wire;

import dev.earshot.Payload;
import dev.earshot.session.PeerId;
import dev.earshot.session.ResourceException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What an envelope says: one of these. Immutable, and within the limits of docs/protocol.md when it
 * was read by {@link EnvelopeReader}.
 */
public sealed interface Body {

  /**
   * Who speaks.
   *
   * @param id who it is
   * @param name what it calls itself
   * @param versions the protocol versions that it speaks
   * @param features what it can do beyond the version
   * @param incarnation which run of it this is
   * @param maximumMessage the largest message that it reads, in bytes
   */
  record Hello(
      PeerId id,
      String name,
      Versions versions,
      Set<String> features,
      long incarnation,
      int maximumMessage)
      implements Body {
    /** Copies the features. */
    public Hello {
      features = Set.copyOf(features);
    }
  }

  /** This connection is the one. */
  record Welcome() implements Body {}

  /**
   * The last that is said.
   *
   * @param code why
   * @param text why, for people
   */
  record Goodbye(Farewell code, String text) implements Body {}

  /**
   * Asks for a sign of life.
   *
   * @param nonce to be repeated by the answer
   */
  record Ping(long nonce) implements Body {}

  /**
   * The answer to a ping.
   *
   * @param nonce the ping's
   */
  record Pong(long nonce) implements Body {}

  /**
   * What one user sends another.
   *
   * @param content the user's bytes
   */
  record Message(Payload content) implements Body {}

  /**
   * A side stream may be dialled.
   *
   * @param id which one
   * @param token its name, 16 bytes
   * @param secret its key, 32 bytes; empty on a connection without security
   * @param resource the resource whose bytes it carries
   */
  record OpenStream(long id, Payload token, Payload secret, long resource) implements Body {}

  /**
   * A file that could be sent.
   *
   * @param id the number of the transfer on this connection
   * @param name its name: data, not a path
   * @param size its size, if known
   * @param mediaType its media type; may be empty
   * @param modifiedMillis when it was modified, if known
   * @param sha256 its digest, if known
   */
  record ResourceOffer(
      long id,
      String name,
      OptionalLong size,
      String mediaType,
      OptionalLong modifiedMillis,
      Optional<Payload> sha256)
      implements Body {}

  /**
   * The offer is wanted.
   *
   * @param id the offer
   * @param offset where to begin
   */
  record ResourceAccept(long id, long offset) implements Body {}

  /**
   * The offer is not wanted.
   *
   * @param id the offer
   * @param code why
   * @param text why, for people
   */
  record ResourceDecline(long id, ResourceException.Code code, String text) implements Body {}

  /**
   * How a transfer ended for the speaker.
   *
   * @param id the offer
   * @param failure why it failed; empty if it did not
   * @param text why, for people
   * @param size the bytes of the whole, if it did not fail
   * @param sha256 their digest, if it did not fail
   */
  record ResourceStatus(
      long id,
      Optional<ResourceException.Code> failure,
      String text,
      long size,
      Optional<Payload> sha256)
      implements Body {
    /** The end of a transfer that went well. */
    public static ResourceStatus done(long id, long size, Payload sha256) {
      return new ResourceStatus(id, Optional.empty(), "", size, Optional.of(sha256));
    }

    /** The end of a transfer that did not. */
    public static ResourceStatus failed(long id, ResourceException.Code code, String text) {
      return new ResourceStatus(id, Optional.of(code), text, 0, Optional.empty());
    }
  }

  /** Nothing that this version knows: to be ignored. */
  record Unknown() implements Body {}
}
