package dev.earshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.examples.flow.Pour;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What docs/sending.md shows of flow control keeps little under way and loses nothing. */
@Tag("network")
class PourNetworkTest {
  private static final long ALL = 96 << 20;
  private static final long UNDER_WAY = 16 << 20; // sockets and budgets of both sides

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Test
  void theWriterIsNeverFarAheadOfTheReader() throws Exception {
    try (Network network = Network.open()) {
      CompletableFuture<Connection> arrived = new CompletableFuture<>();
      Connection here = dial(network, arrived);
      Zeros source = new Zeros();
      CompletableFuture<Void> poured = new CompletableFuture<>();
      Thread writer = new Thread(() -> pour(source, here.start(), poured), "pour");
      writer.start();
      Meter target = new Meter(source.read);
      Pour.into(target, await(arrived));
      await(poured);
      assertThat(target.written).isEqualTo(ALL);
      assertThat(target.mostUnderWay).isPositive().isLessThan(UNDER_WAY);
    }
  }

  /** A resource may be what a URL leads to (checklist, item 137). */
  @Test
  void whatAUrlLeadsToIsPouredAsItComes() throws Exception {
    byte[] page = new byte[300_000];
    new Random(5).nextBytes(page);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/page",
        exchange -> {
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    URL url = new URL("http", "127.0.0.1", server.getAddress().getPort(), "/page");
    try (Network network = Network.open()) {
      CompletableFuture<Connection> arrived = new CompletableFuture<>();
      Connection here = dial(network, arrived);
      CompletableFuture<Void> poured = new CompletableFuture<>();
      try (InputStream content = url.openStream()) {
        Thread writer = new Thread(() -> pour(content, here.start(), poured), "pour");
        writer.start();
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        Pour.into(target, await(arrived));
        await(poured);
        assertThat(target.toByteArray()).isEqualTo(page);
      }
    } finally {
      server.stop(0);
    }
  }

  /** A connection that is not started; its other end arrives when it is. */
  private static Connection dial(Network network, CompletableFuture<Connection> arrived) {
    Parameters loopback = Parameters.tcp().localAddress(InetAddress.getLoopbackAddress()).build();
    Listener listener = network.listener(loopback);
    listener.start((from, connection) -> arrived.complete(connection.start()), Runnable::run);
    int port = await(listener.ready()).port().orElseThrow();
    return network.connection(Endpoint.hostPort("127.0.0.1", port), Parameters.tcp().build());
  }

  private static void pour(InputStream source, Connection to, CompletableFuture<Void> poured) {
    try {
      Pour.from(source, to);
      poured.complete(null);
    } catch (Exception e) {
      poured.completeExceptionally(e);
    }
  }

  /** As many as there are, counted. */
  private static final class Zeros extends InputStream {
    private final AtomicLong read = new AtomicLong();

    @Override
    public int read() {
      throw new UnsupportedOperationException("one by one");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      int count = (int) Math.min(length, ALL - read.get());
      read.addAndGet(count);
      return count == 0 ? -1 : count;
    }
  }

  /** How far behind the source it is. */
  private static final class Meter extends OutputStream {
    private final AtomicLong source;
    private long written;
    private long mostUnderWay;

    Meter(AtomicLong source) {
      this.source = source;
    }

    @Override
    public void write(int one) {
      throw new UnsupportedOperationException("one by one");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      written += length;
      mostUnderWay = Math.max(mostUnderWay, source.get() - written);
    }
  }
}
