package dev.earshot.security.tls.engine;

import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.record.RecordFormat;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * What an engine tells about itself in the JDK's terms. Thread-safe.
 *
 * <p>It is a session in name only: it is never resumed, and nobody is certified.
 */
final class EngineSession implements SSLSession {
  private final Map<String, Object> values = new ConcurrentHashMap<>();
  private volatile String protocol = "NONE";
  private volatile String cipherSuite = "SSL_NULL_WITH_NULL_NULL";

  /** Says what the handshake settled. */
  void settled(SecurityMetadata metadata) {
    protocol = metadata.protocol();
    cipherSuite = metadata.cipherSuite();
  }

  @Override
  public byte[] getId() {
    return new byte[0];
  }

  @Override
  public @Nullable SSLSessionContext getSessionContext() {
    return null;
  }

  /** Nobody reads it: there is nothing to expire. */
  @Override
  public long getCreationTime() {
    return 0;
  }

  @Override
  public long getLastAccessedTime() {
    return 0;
  }

  @Override
  public void invalidate() {}

  /** False: it cannot be resumed or joined. */
  @Override
  public boolean isValid() {
    return false;
  }

  @Override
  public void putValue(String name, Object value) {
    values.put(name, value);
  }

  @Override
  public @Nullable Object getValue(String name) {
    return values.get(name);
  }

  @Override
  public void removeValue(String name) {
    values.remove(name);
  }

  @Override
  public String[] getValueNames() {
    return values.keySet().toArray(new String[0]);
  }

  @Override
  public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
    throw new SSLPeerUnverifiedException("the peer has a pre-shared key and no certificate");
  }

  @Override
  public Certificate @Nullable [] getLocalCertificates() {
    return null;
  }

  @Override
  public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
    throw new SSLPeerUnverifiedException("the peer has a pre-shared key and no name");
  }

  @Override
  public @Nullable Principal getLocalPrincipal() {
    return null;
  }

  @Override
  public String getCipherSuite() {
    return cipherSuite;
  }

  @Override
  public String getProtocol() {
    return protocol;
  }

  @Override
  public @Nullable String getPeerHost() {
    return null;
  }

  @Override
  public int getPeerPort() {
    return -1;
  }

  @Override
  public int getPacketBufferSize() {
    return RecordFormat.MAXIMUM_RECORD;
  }

  @Override
  public int getApplicationBufferSize() {
    return RecordFormat.MAXIMUM_CONTENT;
  }
}
