package dev.earshot.security.tls.pki;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** The JDK's own TLS sockets, which send back what they receive. */
final class JdkPeer {
  private static final char[] PASSWORD = "secret".toCharArray();
  private static final int PATIENCE_MILLIS = 20_000;

  private final SSLContext context;
  private final String protocol;
  private final String suite;

  JdkPeer(CertificateFolder files, String protocol, String suite) throws Exception {
    KeyStore own = empty();
    Certificate[] chain = {files.theirs.certificate()};
    own.setKeyEntry("own", files.theirs.privateKey(), PASSWORD, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, PASSWORD);
    KeyStore trusted = empty();
    trusted.setCertificateEntry("other", files.own.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
    this.protocol = protocol;
    this.suite = suite;
  }

  private static KeyStore empty() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** Connects to {@code listener}; completes with what was sent back, or the failure. */
  CompletableFuture<byte[]> connect(ServerSocket listener, int length) {
    return onThread(
        () -> {
          try (SSLSocket socket =
              (SSLSocket)
                  context
                      .getSocketFactory()
                      .createSocket(InetAddress.getLoopbackAddress(), listener.getLocalPort())) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setEnabledCipherSuites(new String[] {suite});
            return echo(socket, length);
          }
        });
  }

  /** A listener for one connection, which asks for a certificate. */
  SSLServerSocket listen() throws Exception {
    SSLServerSocket listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    listener.setNeedClientAuth(true);
    listener.setEnabledProtocols(new String[] {protocol});
    listener.setEnabledCipherSuites(new String[] {suite});
    listener.setSoTimeout(PATIENCE_MILLIS);
    return listener;
  }

  CompletableFuture<byte[]> accept(SSLServerSocket listener, int length) {
    return onThread(
        () -> {
          try (SSLSocket socket = (SSLSocket) listener.accept()) {
            return echo(socket, length);
          }
        });
  }

  private static byte[] echo(SSLSocket socket, int length) throws Exception {
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.startHandshake();
    byte[] received = socket.getInputStream().readNBytes(length);
    socket.getOutputStream().write(received);
    socket.getOutputStream().flush();
    socket.getInputStream().read(); // the other side's farewell
    return received;
  }

  private static CompletableFuture<byte[]> onThread(Work work) {
    CompletableFuture<byte[]> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                done.complete(work.run());
              } catch (Exception e) {
                done.completeExceptionally(e);
              }
            },
            "jdk-peer");
    thread.setDaemon(true);
    thread.start();
    return done.orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Something that throws. */
  private interface Work {
    byte[] run() throws Exception;
  }
}
