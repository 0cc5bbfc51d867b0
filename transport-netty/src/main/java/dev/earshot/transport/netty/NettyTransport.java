package dev.earshot.transport.netty;

import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.UnsupportedException;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Port;
import dev.earshot.spi.Transport;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A few loops of Netty's, and the sockets on them. Thread-safe, as {@link Transport} says. */
final class NettyTransport implements Transport {
  private static final Logger LOG = System.getLogger(NettyTransport.class.getName());
  private static final int MOST_LOOPS = 4;
  private static final long CLOSE_MILLIS = 400;

  private final NativeTransports natives;
  private final Executor workers;
  private final QuicTls quicTls = new QuicTls();
  private final List<NettyLoop> loops = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile boolean closing;

  NettyTransport(NativeTransports natives, Executor workers, ByteBufAllocator allocator) {
    this.natives = natives;
    this.workers = workers;
    int count = Math.min(Runtime.getRuntime().availableProcessors(), MOST_LOOPS);
    for (int i = 1; i <= count; i++) {
      String name = "earshot-loop-" + i;
      // Not as a group of Netty's, whose end is announced on one more thread.
      ThreadFactory factory = task -> newThread(task, name);
      EventLoop eventLoop = new SocketLoop(factory, natives.handlers());
      loops.add(new NettyLoop(eventLoop, allocator, () -> closing));
    }
  }

  private Thread newThread(Runnable task, String name) {
    Thread thread = new FastThreadLocalThread(task, name);
    thread.setDaemon(true);
    synchronized (threads) {
      threads.add(thread);
    }
    return thread;
  }

  /** What may block runs here. */
  Executor workers() {
    return workers;
  }

  /** A socket that accepts, not registered. */
  ServerSocketChannel newPort() {
    return natives.ports().get();
  }

  /** A socket for datagrams, not registered. */
  DatagramChannel newDatagramSocket() {
    return natives.datagrams().get();
  }

  @Override
  public boolean supports(Parameters parameters) {
    return parameters.protocol() instanceof Protocol.Tcp
        || parameters.protocol() instanceof Protocol.WebSocket
        || isUdp(parameters)
        || (isQuic(parameters) && natives.quic());
  }

  @Override
  public String obstacle(Parameters parameters) {
    return isQuic(parameters) && !natives.quic()
        ? QuicLibrary.missing()
        : Transport.super.obstacle(parameters);
  }

  private static boolean isQuic(Parameters parameters) {
    return parameters.protocol() instanceof Protocol.Quic;
  }

  /** TLS for QUIC. */
  QuicTls quicTls() {
    return quicTls;
  }

  private static boolean isUdp(Parameters parameters) {
    return parameters.protocol() instanceof Protocol.Udp;
  }

  @Override
  public NettyLoop nextLoop() {
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
  }

  @Override
  public Dial dial(Loop loop, DialRequest request, Dial.Events events) {
    NettyLoop mine = own(loop);
    if (isUdp(request.parameters())) {
      UdpDial flow = new UdpDial(mine, request, workers, events);
      mine.execute(() -> flow.begin(natives.datagrams()));
      return flow;
    }
    if (isQuic(request.parameters())) {
      return dialQuic(mine, request, events);
    }
    NettyDial dial = new NettyDial(mine, request, workers, events);
    mine.execute(() -> dial.begin(natives.sockets()));
    return dial;
  }

  private Dial dialQuic(NettyLoop loop, DialRequest request, Dial.Events events) {
    if (natives.quic()) {
      QuicDial dial = new QuicDial(loop, request, quicTls, workers, events);
      loop.execute(() -> dial.begin(natives.datagrams()));
      return dial;
    }
    AtomicBoolean cancelled = new AtomicBoolean();
    String what = "connecting to " + request.endpoint() + ": " + QuicLibrary.missing();
    loop.execute(
        () -> {
          if (!cancelled.get()) {
            events.failed(new UnsupportedException(what));
          }
        });
    return () -> cancelled.set(true);
  }

  @Override
  public Port listen(Loop loop, ListenRequest request, Port.Events events) {
    NettyLoop mine = own(loop);
    if (request.locals().isEmpty()) {
      throw new IllegalArgumentException("no address to listen on");
    }
    if (isUdp(request.parameters())) {
      UdpPort datagrams = new UdpPort(this, mine, request, events);
      mine.execute(datagrams::begin);
      return datagrams;
    }
    if (isQuic(request.parameters())) {
      QuicPort quic = new QuicPort(this, mine, request, events);
      mine.execute(quic::begin);
      return quic;
    }
    NettyPort port = new NettyPort(this, mine, request, events);
    mine.execute(port::begin);
    return port;
  }

  private static NettyLoop own(Loop loop) {
    loop.assertInLoop();
    if (!(loop instanceof NettyLoop)) {
      throw new IllegalArgumentException(loop + " is no loop of this transport");
    }
    return (NettyLoop) loop;
  }

  @Override
  public void close() {
    closing = true; // from here on, nobody is told how what is open ends
    for (NettyLoop loop : loops) {
      try {
        loop.execute(loop::freeBuffers);
      } catch (RejectedExecutionException e) {
        LOG.log(Level.DEBUG, "closed before", e);
      }
      loop.eventLoop().shutdownGracefully(0, CLOSE_MILLIS / 2, TimeUnit.MILLISECONDS);
    }
    awaitThreads();
  }

  /** Waits for the threads to end, except for one that calls this. */
  private void awaitThreads() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
    List<Thread> waitedFor;
    synchronized (threads) {
      waitedFor = List.copyOf(threads);
    }
    try {
      for (Thread thread : waitedFor) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (thread != Thread.currentThread() && left > 0) {
          thread.join(left);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the loops end all the same
    }
  }
}
