package dev.earshot.security.tls.engine;

import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.record.RecordProtection;
import java.io.IOException;
import java.util.List;
import org.bouncycastle.tls.TlsProtocol;
import org.jspecify.annotations.Nullable;

/**
 * One side of one handshake: who it is, and what its failures mean. Used by one thread at a time.
 */
public interface HandshakeRole {

  /** Whether this is the connecting side. */
  boolean isClient();

  /** The versions that may be agreed, newest first, such as {@code TLSv1.2}. */
  List<String> protocols();

  /** The IANA names of the cipher suites that may be agreed, dearest first. */
  List<String> cipherSuites();

  /**
   * Begins. A client's first message is then in the protocol's output.
   *
   * @throws TlsFailure if this side has no key to begin with
   */
  TlsProtocol begin() throws IOException;

  /**
   * What must be known before the protocol is given {@code record}, the next one; null if nothing.
   */
  @Nullable Question question(byte[] record);

  /**
   * What must be decided about the peer before anything that the last step has made is sent; null
   * if nothing, or it is decided. Asked after a step that has made something, or was the last.
   */
  default @Nullable Question verdict() {
    return null;
  }

  /** Why the decision was to end it; null if it was not. Once the {@link #verdict} is answered. */
  default @Nullable TlsFailure refusal() {
    return null;
  }

  /** Whether the handshake is over, and well. */
  boolean complete();

  /** What protects the records; null until the keys are agreed. */
  @Nullable RecordProtection protection();

  /** The longest content of a record (RFC 6066, section 4). Only once {@link #complete}. */
  int maximumContent();

  /** What was settled. Only once {@link #complete}. */
  SecurityMetadata metadata();

  /**
   * What it means that the protocol threw {@code cause} over {@code record}; the failure names the
   * alert that the protocol raised, or {@link TlsFailure#SILENT}.
   */
  TlsFailure failure(IOException cause, byte[] record);

  /** What it means that the peer's stream ended now. */
  TlsFailure truncation();

  /**
   * What it means that the peer has sent a fatal alert after the handshake, and no data before;
   * null if it has nothing to do with the handshake.
   */
  default @Nullable TlsFailure laterAlert(int description) {
    return null;
  }

  /** Ends the wait for a {@link #question}'s answer. May be called on any thread. */
  void stopWaiting();

  /** Lets go of everything that only the handshake needs, once it is over in whatever way. */
  void release();
}
