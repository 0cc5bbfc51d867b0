package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Port;
import dev.earshot.spi.StreamSecurity;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A transport under test with what a test does with it, on 127.0.0.1.
 *
 * <p>Closing it fails the test if a buffer, a thread or a leak report is left.
 */
final class Bench implements AutoCloseable {
  final NettyTransport transport;
  private final ExecutorService workers = Executors.newCachedThreadPool();

  /** Counts to the byte, other than the pooled ones. */
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

  Bench(String natives) {
    this(NativeTransports.named(natives));
  }

  Bench(NativeTransports natives) {
    LeakWatch.begin();
    transport = new NettyTransport(natives, workers, allocator);
  }

  /** The bytes outside the heap that are in use now. */
  long usedDirectMemory() {
    return allocator.metric().usedDirectMemory();
  }

  /** A port that opens whatever arrives. */
  final class Door implements Port.Events {
    final CompletableFuture<Integer> number = new CompletableFuture<>();
    final CompletableFuture<NetworkException> failed = new CompletableFuture<>();
    final LinkedBlockingQueue<End> ends = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Arrival> unopened = new LinkedBlockingQueue<>();
    final Loop loop = transport.nextLoop();
    volatile Function<Loop, End> factory = End::new;
    volatile boolean opens = true;
    volatile boolean stopsAfterEach;
    Port port;

    @Override
    public void bound(int portNumber) {
      loop.assertInLoop();
      number.complete(portNumber);
    }

    @Override
    public void accepted(Arrival arrival) {
      loop.assertInLoop();
      if (stopsAfterEach) {
        port.accepting(false);
      }
      if (!opens) {
        unopened.add(arrival);
        return;
      }
      arrival
          .loop()
          .execute(
              () -> {
                End end = factory.apply(arrival.loop());
                end.dial = arrival.open(end);
                ends.add(end);
              });
    }

    @Override
    public void failed(NetworkException cause) {
      failed.complete(cause);
    }

    End next() throws InterruptedException {
      End end = ends.poll(End.PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (end == null) {
        throw new AssertionError("nobody arrived");
      }
      return end;
    }

    /** Stops or resumes accepting, and waits until that is done. */
    void accepting(boolean accepting) {
      End.await(CompletableFuture.runAsync(() -> port.accepting(accepting), loop));
    }

    /** Frees the port, and waits until that is done. */
    void close() {
      End.await(CompletableFuture.runAsync(port::close, loop));
    }
  }

  static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  Door listen(Parameters parameters) {
    return listen(List.of(local(0)), parameters, Optional.empty());
  }

  Door listen(
      List<InetSocketAddress> locals, Parameters parameters, Optional<StreamSecurity> security) {
    Door door = new Door();
    door.loop.execute(
        () ->
            door.port =
                transport.listen(door.loop, new ListenRequest(locals, parameters, security), door));
    return door;
  }

  End dial(int port, Parameters parameters) {
    return dial(new End(transport.nextLoop()), port, parameters, Optional.empty());
  }

  End dial(End end, int port, Parameters parameters, Optional<StreamSecurity> security) {
    DialRequest request =
        new DialRequest(
            local(port),
            Optional.empty(),
            Endpoint.hostPort("127.0.0.1", port),
            parameters,
            security);
    end.loop.execute(() -> end.dial = transport.dial(end.loop, request, end));
    return end;
  }

  /** Two ends of one connection. */
  record Pair(End client, End server) {}

  Pair pair(Parameters parameters) throws InterruptedException {
    Door door = listen(parameters);
    End client = dial(End.await(door.number), parameters);
    End server = door.next();
    End.await(client.ready);
    End.await(server.ready);
    door.close();
    return new Pair(client, server);
  }

  @Override
  public void close() {
    transport.close(); // on a busy computer it does not wait until the last loop has ended
    workers.shutdownNow();
    StateWait.until(() -> "loops that stay: " + loops(), () -> loops().isEmpty());
    assertThat(usedDirectMemory()).as("bytes in buffers that were not released").isZero();
    LeakWatch.assertNothingReported();
  }

  private static List<String> loops() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("earshot-loop"))
        .toList();
  }
}
