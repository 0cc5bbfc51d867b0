package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Messages;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.ServerHandshake;
import org.java_websocket.server.WebSocketServer;

/**
 * Java-WebSocket: subclasses of its {@code WebSocketClient} and {@code WebSocketServer}, as its
 * examples have it, with {@code TCP_NODELAY}. Its send queue has no bound of its own, so a sender
 * waits while many messages are queued.
 */
public final class JavaWebSocket implements Contestant {
  private static final int QUEUED = 4096;
  private static final long LOOK_AGAIN_NANOS = 50_000;
  private static final int FAREWELL_SECONDS = 5;

  @Override
  public Server serve(Workload workload) throws Exception {
    Serving serving = new Serving(workload);
    serving.setReuseAddr(true);
    serving.setTcpNoDelay(true);
    serving.start();
    serving.started.get(10, TimeUnit.SECONDS);
    return new Server() {
      @Override
      public String contact() {
        return Integer.toString(serving.getPort());
      }

      @Override
      public void close() {
        uninterrupted(() -> serving.stop(1000));
      }
    };
  }

  @Override
  public Link connect(String contact, Workload workload) throws InterruptedException {
    Connecting client = new Connecting(URI.create("ws://127.0.0.1:" + contact + "/"));
    client.setTcpNoDelay(true);
    if (!client.connectBlocking(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("connecting to port " + contact + ": no handshake");
    }
    return new ClientLink(client);
  }

  @Override
  public void close() {}

  private interface Blocking {
    void run() throws InterruptedException;
  }

  private static void uninterrupted(Blocking action) {
    try {
      action.run();
    } catch (InterruptedException expected) {
      Thread.currentThread().interrupt();
    }
  }

  private record ClientLink(Connecting client) implements Link {
    @Override
    public Sender sender() {
      WebSocketImpl socket = (WebSocketImpl) client.getConnection();
      return message -> {
        while (socket.outQueue.size() >= QUEUED) {
          LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        socket.send(message);
      };
    }

    @Override
    public byte[] receive(Duration patience) {
      return client.mailbox.poll(patience);
    }

    /** A ping makes the server write again when it has missed that it has something to write. */
    @Override
    public void nudge() {
      client.sendPing();
    }

    /** Its own {@code closeBlocking} now and then waits for good. */
    @Override
    public void close() {
      client.close();
      uninterrupted(
          () -> {
            if (!client.closed.await(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
              client.closeConnection(CloseFrame.ABNORMAL_CLOSE, "no farewell");
            }
          });
    }
  }

  private static final class Connecting extends WebSocketClient {
    private final Mailbox mailbox = new Mailbox();
    private final CountDownLatch closed = new CountDownLatch(1);

    Connecting(URI server) {
      super(server);
    }

    @Override
    public void onMessage(ByteBuffer bytes) {
      byte[] message = new byte[bytes.remaining()];
      bytes.get(message);
      mailbox.offer(message);
    }

    @Override
    public void onOpen(ServerHandshake handshake) {}

    @Override
    public void onMessage(String message) {}

    @Override
    public void onClose(int code, String reason, boolean remote) {
      mailbox.end(null);
      closed.countDown();
    }

    @Override
    public void onError(Exception failure) {
      mailbox.end(failure);
    }
  }

  private static final class Serving extends WebSocketServer {
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final Workload workload;

    Serving(Workload workload) {
      super(new InetSocketAddress("127.0.0.1", 0));
      this.workload = workload;
    }

    @Override
    public void onStart() {
      started.complete(null);
    }

    @Override
    public void onOpen(WebSocket socket, ClientHandshake handshake) {
      socket.setAttachment(new Tally(workload));
    }

    @Override
    public void onMessage(WebSocket socket, ByteBuffer bytes) {
      Tally tally = socket.getAttachment();
      switch (bytes.get(bytes.position())) {
        case Messages.DATA -> tally.data(bytes.remaining());
        case Messages.MARK -> socket.send(tally.answer());
        default -> socket.send(bytes);
      }
    }

    @Override
    public void onMessage(WebSocket socket, String message) {}

    @Override
    public void onClose(WebSocket socket, int code, String reason, boolean remote) {}

    @Override
    public void onError(WebSocket socket, Exception failure) {
      started.completeExceptionally(failure);
    }
  }
}
