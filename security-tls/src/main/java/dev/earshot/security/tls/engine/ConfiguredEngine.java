package dev.earshot.security.tls.engine;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an engine that has none: everything was decided when it was made. A setter
 * accepts what is set already and refuses all else.
 */
abstract class ConfiguredEngine extends SSLEngine {
  private final boolean client;
  private final List<String> protocols;
  private final List<String> cipherSuites;
  private final EngineSession session = new EngineSession();

  ConfiguredEngine(boolean client, List<String> protocols, List<String> cipherSuites) {
    this.client = client;
    this.protocols = protocols;
    this.cipherSuites = cipherSuites;
  }

  @Override
  public final EngineSession getSession() {
    return session;
  }

  @Override
  public final @Nullable SSLSession getHandshakeSession() {
    return isOpen() ? null : session;
  }

  /** Whether the handshake is over, and went well. */
  public abstract boolean isOpen();

  @Override
  public final SSLEngineResult wrap(ByteBuffer source, ByteBuffer target) throws SSLException {
    return wrap(new ByteBuffer[] {source}, 0, 1, target);
  }

  @Override
  public final SSLEngineResult unwrap(ByteBuffer source, ByteBuffer target) throws SSLException {
    return unwrap(source, new ByteBuffer[] {target}, 0, 1);
  }

  @Override
  public final String[] getSupportedCipherSuites() {
    return cipherSuites.toArray(new String[0]);
  }

  @Override
  public final String[] getEnabledCipherSuites() {
    return getSupportedCipherSuites();
  }

  @Override
  public final void setEnabledCipherSuites(String[] suites) {
    refuseUnless(Set.copyOf(cipherSuites).equals(Set.of(suites)), "the cipher suites");
  }

  @Override
  public final String[] getSupportedProtocols() {
    return protocols.toArray(new String[0]);
  }

  @Override
  public final String[] getEnabledProtocols() {
    return getSupportedProtocols();
  }

  @Override
  public final void setEnabledProtocols(String[] enabled) {
    refuseUnless(Set.copyOf(protocols).equals(Set.of(enabled)), "the protocols");
  }

  @Override
  public final boolean getUseClientMode() {
    return client;
  }

  @Override
  public final void setUseClientMode(boolean mode) {
    refuseUnless(mode == client, "the mode");
  }

  /** False: there are no certificates. The key proves both sides to each other. */
  @Override
  public final boolean getNeedClientAuth() {
    return false;
  }

  @Override
  public final void setNeedClientAuth(boolean need) {
    refuseUnless(!need, "client certificates");
  }

  @Override
  public final boolean getWantClientAuth() {
    return false;
  }

  @Override
  public final void setWantClientAuth(boolean want) {
    refuseUnless(!want, "client certificates");
  }

  @Override
  public final boolean getEnableSessionCreation() {
    return true;
  }

  @Override
  public final void setEnableSessionCreation(boolean flag) {
    refuseUnless(flag, "the creation of sessions");
  }

  /** None is negotiated: null until the handshake is over, then empty. */
  @Override
  public final @Nullable String getApplicationProtocol() {
    return isOpen() ? "" : null;
  }

  @Override
  public final @Nullable String getHandshakeApplicationProtocol() {
    return null;
  }

  private static void refuseUnless(boolean same, String what) {
    if (!same) {
      throw new IllegalArgumentException(what + " of this engine cannot be changed");
    }
  }
}
