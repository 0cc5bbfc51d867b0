package dev.earshot;

import java.util.OptionalInt;

/**
 * What a protocol says about content beside its bytes. Immutable.
 *
 * <p>More kinds may be added: code that distinguishes them should have a branch for the rest.
 */
public sealed interface ContentMetadata
    permits ContentMetadata.None,
        ContentMetadata.WebSocket,
        ContentMetadata.Datagram,
        ContentMetadata.Typed {

  /** Nothing, as on a stream of bytes. */
  None NONE = new None();

  /** A binary WebSocket message. */
  WebSocket BINARY = new WebSocket(Opcode.BINARY, OptionalInt.empty());

  /** A text WebSocket message, valid UTF-8. */
  WebSocket TEXT = new WebSocket(Opcode.TEXT, OptionalInt.empty());

  /** A datagram that arrived. */
  Datagram DATAGRAM = new Datagram();

  /** The opcodes of RFC 6455, section 5.2, that a program sees. */
  enum Opcode {
    /** A message of text. */
    TEXT,
    /** A message of bytes. */
    BINARY,
    /** The peer's farewell; its code is in the metadata, its reason is the content. */
    CLOSE,
    /** A ping, to be sent; the peer's are answered by the library and not seen. */
    PING,
    /** A pong; received only in answer to a ping that the program sent. */
    PONG
  }

  /** Nothing to say. */
  record None() implements ContentMetadata {}

  /**
   * About a WebSocket message.
   *
   * @param opcode what it is
   * @param closeCode the status code of a close frame (RFC 6455, section 7.4), if it had one
   */
  record WebSocket(Opcode opcode, OptionalInt closeCode) implements ContentMetadata {}

  /** A datagram: whole, of which nothing more is said. */
  record Datagram() implements ContentMetadata {}

  /**
   * A message with a number that says of which kind it is, as {@link Framer#tlv} sends it.
   *
   * @param type the number, read as unsigned
   */
  record Typed(long type) implements ContentMetadata {}
}
