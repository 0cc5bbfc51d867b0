package dev.earshot.security.tls.psk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.PSKTlsClient;
import org.bouncycastle.tls.PSKTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * A peer of Bouncy Castle's alone: its ciphers, its record layer. Shows that ours are not only
 * right among themselves. Not thread-safe.
 */
final class StockSide implements Side {
  final ByteArrayOutputStream received = new ByteArrayOutputStream();

  /** The last thing that the protocol threw; null if it never did. */
  IOException thrown;

  final TlsProtocol protocol;
  private Start start;

  StockSide(TlsProtocol protocol, Start start) {
    this.protocol = protocol;
    this.start = start;
  }

  /** A client with any identity and key, however foolish, that offers these suites. */
  static StockSide client(String identity, byte[] key, int... suites) {
    return client(versions(suites), identity, key, suites);
  }

  static StockSide client(ProtocolVersion[] versions, String identity, byte[] key, int... suites) {
    return client(new BcTlsCrypto(), versions, identity, key, suites);
  }

  /** The same with any cryptography. */
  static StockSide client(
      TlsCrypto crypto, ProtocolVersion[] versions, String identity, byte[] key, int... suites) {
    TlsClientProtocol protocol = new TlsClientProtocol();
    byte[] name = identity.getBytes(StandardCharsets.UTF_8);
    PSKTlsClient client =
        new PSKTlsClient(crypto, name, key.clone()) {
          @Override
          protected ProtocolVersion[] getSupportedVersions() {
            return versions;
          }

          @Override
          protected int[] getSupportedCipherSuites() {
            return suites;
          }

          @Override
          @SuppressWarnings("rawtypes")
          public Vector getExternalPSKs() {
            return ProtocolVersion.contains(versions, ProtocolVersion.TLSv13)
                ? new Vector<>(List.of(external(crypto, name, key)))
                : null;
          }
        };
    return new StockSide(protocol, () -> protocol.connect(client));
  }

  /** A server that has this key for every identity and picks among these suites. */
  static StockSide server(byte[] key, int... suites) {
    return server(new BcTlsCrypto(), key, suites);
  }

  /** The same with any cryptography. */
  static StockSide server(TlsCrypto crypto, byte[] key, int... suites) {
    TlsServerProtocol protocol = new TlsServerProtocol();
    TlsPSKIdentityManager keys =
        new TlsPSKIdentityManager() {
          @Override
          public byte[] getHint() {
            return "a hint that means nothing".getBytes(StandardCharsets.UTF_8);
          }

          @Override
          public byte[] getPSK(byte[] identity) {
            return key.clone();
          }
        };
    PSKTlsServer server =
        new PSKTlsServer(crypto, keys) {
          @Override
          protected ProtocolVersion[] getSupportedVersions() {
            return versions(suites);
          }

          @Override
          protected int[] getSupportedCipherSuites() {
            return suites;
          }

          @Override
          @SuppressWarnings("rawtypes")
          public TlsPSKExternal getExternalPSK(Vector identities) {
            PskIdentity first = (PskIdentity) identities.get(0);
            return external(crypto, first.getIdentity(), key);
          }
        };
    return new StockSide(protocol, () -> protocol.accept(server));
  }

  private static TlsPSKExternal external(TlsCrypto crypto, byte[] identity, byte[] key) {
    return new BasicTlsPSKExternal(identity, crypto.createSecret(key.clone()));
  }

  /** The versions that {@code suites} belong to, which may be of both. */
  private static ProtocolVersion[] versions(int... suites) {
    boolean newer = Arrays.stream(suites).anyMatch(suite -> suite >>> 8 == 0x13);
    boolean older = Arrays.stream(suites).anyMatch(suite -> suite >>> 8 != 0x13);
    return newer
        ? ProtocolVersion.TLSv13.downTo(older ? ProtocolVersion.TLSv12 : ProtocolVersion.TLSv13)
        : ProtocolVersion.TLSv12.only();
  }

  void send(byte[] content) {
    try {
      protocol.writeApplicationData(content, 0, content.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void begin() {
    try {
      start.run();
      start = () -> {};
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void arrive(byte[] bytes) {
    try {
      protocol.offerInput(bytes);
    } catch (IOException e) {
      thrown = e;
      return;
    }
    byte[] content = new byte[protocol.getAvailableInputBytes()];
    protocol.readInput(content, 0, content.length);
    received.writeBytes(content);
  }

  @Override
  public byte[] takeOutput() {
    byte[] bytes = new byte[protocol.getAvailableOutputBytes()];
    protocol.readOutput(bytes, 0, bytes.length);
    return bytes;
  }

  /** How it begins. */
  interface Start {
    void run() throws IOException;
  }
}
