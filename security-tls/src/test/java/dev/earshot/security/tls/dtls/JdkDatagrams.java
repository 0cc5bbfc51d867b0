package dev.earshot.security.tls.dtls;

import dev.earshot.Identity;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.TrustManagerFactory;

/** The JDK's DTLS over a socket, on a thread of its own: sends back the first thing it is told. */
final class JdkDatagrams implements AutoCloseable {
  private static final char[] PASSWORD = "secret".toCharArray();
  private static final int PATIENCE_SECONDS = 20;
  private static final int TURN_MILLIS = 100;
  private static final int ROOM = 1 << 15;

  private final SSLEngine engine;
  private final DatagramSocket socket =
      new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private final CompletableFuture<String> echoed = new CompletableFuture<>();
  private volatile InetSocketAddress peer;
  private volatile boolean over;

  JdkDatagrams(Identity own, Identity other, String suite)
      throws GeneralSecurityException, IOException {
    KeyStore mine = empty();
    mine.setKeyEntry("own", own.privateKey(), PASSWORD, own.chain().toArray(new Certificate[0]));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(mine, PASSWORD);
    KeyStore trusted = empty();
    trusted.setCertificateEntry("other", other.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("DTLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
    engine = context.createSSLEngine();
    engine.setEnabledProtocols(new String[] {"DTLSv1.2"});
    engine.setEnabledCipherSuites(new String[] {suite});
    socket.setSoTimeout(TURN_MILLIS);
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** Connects to {@code port}. */
  JdkDatagrams connect(int port) {
    peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    engine.setUseClientMode(true);
    start();
    return this;
  }

  /** Waits for somebody who shows a certificate; returns the port. */
  int accept() {
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    start();
    return socket.getLocalPort();
  }

  /** What was sent back. */
  String echoed() throws Exception {
    return echoed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void start() {
    Thread thread =
        new Thread(
            () -> {
              try {
                run();
              } catch (IOException | TimeoutException | RuntimeException e) {
                echoed.completeExceptionally(e);
              }
            },
            "jdk-datagrams");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() throws IOException, TimeoutException {
    engine.beginHandshake();
    ByteBuffer plain = ByteBuffer.allocate(ROOM);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!over && !echoed.isDone()) {
      if (System.nanoTime() > end) {
        throw new TimeoutException("still " + engine.getHandshakeStatus());
      }
      step(engine.getHandshakeStatus(), plain);
      if (plain.position() > 0) {
        byte[] told = new byte[plain.flip().remaining()];
        plain.get(told);
        send(ByteBuffer.wrap(told));
        echoed.complete(new String(told, java.nio.charset.StandardCharsets.UTF_8));
      }
    }
  }

  private void step(HandshakeStatus status, ByteBuffer plain) throws IOException {
    switch (status) {
      case NEED_TASK -> {
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
      }
      case NEED_WRAP -> send(ByteBuffer.allocate(0));
      case NEED_UNWRAP_AGAIN -> engine.unwrap(ByteBuffer.allocate(0), plain);
      default -> {
        DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
        try {
          socket.receive(packet);
        } catch (SocketTimeoutException nothing) {
          return;
        }
        peer = (InetSocketAddress) packet.getSocketAddress();
        ByteBuffer arrived = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
        SSLEngineResult result;
        do {
          result = engine.unwrap(arrived, plain);
          if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            step(HandshakeStatus.NEED_TASK, plain);
          }
        } while (arrived.hasRemaining()
            && result.bytesConsumed() > 0
            && result.getStatus() == Status.OK);
      }
    }
  }

  private void send(ByteBuffer content) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(ROOM);
    engine.wrap(content, record);
    if (record.position() > 0) {
      socket.send(new DatagramPacket(record.array(), record.position(), peer));
    }
  }

  @Override
  public void close() {
    over = true;
    socket.close();
  }
}
