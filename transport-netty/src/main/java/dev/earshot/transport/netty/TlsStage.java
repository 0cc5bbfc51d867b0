package dev.earshot.transport.netty;

import dev.earshot.NetworkException;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.StreamSecurity.Pause;
import dev.earshot.spi.StreamSecurity.SecuredStream;
import java.io.EOFException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS on a socket: drives an {@link SSLEngine}, on heap arrays throughout, whole arrays at a time
 * so that records are full.
 *
 * <p>What the engine delegates runs on a worker, and what it waits for occupies no thread;
 * meanwhile nothing else is done with the engine, and what is written waits. The farewell is the
 * close_notify alert; a peer that ends TCP without one has cut the stream, which is a failure. A
 * failure of ours is told to the peer by the engine's alert before the socket is left.
 */
@LoopConfined
final class TlsStage implements ByteStage, ByteStage.Above {
  private static final Logger LOG = System.getLogger(TlsStage.class.getName());
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final byte[] NONE = new byte[0];

  /** What becomes of the handshake: one of the two, once. */
  interface Handshake {
    /** Both sides agree; something must be attached to the stage inside this call. */
    void done(SecurityMetadata metadata);

    /** They do not; the stage below has been left, or has failed by itself. */
    void failed(NetworkException cause);
  }

  private final NettyLoop loop;
  private final ByteStage below;
  private final SecuredStream secured;
  private final SSLEngine engine;
  private final Executor workers;
  private @Nullable Handshake handshake;
  private @Nullable Above above;

  private final TlsRecords records = new TlsRecords();

  /** Plain bytes that nobody had asked for. */
  private byte[] early = NONE;

  /** Plain bytes that are to be sent when the engine is free. */
  private byte[] late = NONE;

  private final List<Runnable> whenSent = new ArrayList<>();
  private boolean wanted;
  private boolean busy;

  /** The engine has been busy: something may have waited for it. */
  private boolean owing;

  private boolean finishing;
  private boolean inputEnded;
  private boolean over;

  TlsStage(NettyLoop loop, ByteStage below, SecuredStream secured, Executor workers) {
    this.loop = loop;
    this.below = below;
    this.secured = secured;
    this.engine = secured.engine();
    this.workers = workers;
  }

  /** Begins the handshake. */
  void begin(Handshake events) {
    handshake = events;
    below.attach(this);
    try {
      engine.beginHandshake();
      proceed();
    } catch (SSLException e) {
      broken(e);
    }
  }

  // What stands above asks.

  @Override
  public void attach(Above newAbove) {
    above = newAbove;
  }

  @Override
  public void read() {
    if (over || wanted) {
      return;
    }
    wanted = true;
    if (early.length > 0) {
      byte[] bytes = early;
      early = NONE;
      wanted = false;
      above().bytes(bytes, 0, bytes.length);
    } else if (inputEnded) {
      reportEnd();
    } else if (!busy) {
      below.read();
    }
  }

  @Override
  public void write(byte[] bytes, int from, int to) {
    if (over || finishing) {
      return;
    }
    int at = from;
    if (!busy && late.length == 0) {
      try {
        at = wrap(bytes, from, to);
      } catch (SSLException e) {
        broken(e);
        return;
      }
    }
    late = TlsRecords.joined(late, bytes, at, to);
  }

  @Override
  public void flush() {
    below.flush();
  }

  @Override
  public boolean isWritable() {
    return !busy && late.length == 0 && below.isWritable();
  }

  @Override
  public void whenSent(Runnable task) {
    if (busy || late.length > 0) {
      whenSent.add(task);
    } else {
      below.whenSent(task);
    }
  }

  @Override
  public void finish() {
    if (!over && !finishing) {
      finishing = true;
      if (!busy && late.length == 0) {
        sayFarewell();
        below.finish();
      }
    }
  }

  @Override
  public void leave(boolean peerFirst) {
    if (over) {
      return;
    }
    over = true;
    sayFarewell();
    below.leave(peerFirst);
  }

  @Override
  public void abort() {
    over = true;
    engine.closeOutbound(); // which ends a look-up that a worker may wait for
    below.abort();
  }

  private void sayFarewell() {
    engine.closeOutbound();
    if (busy) {
      return; // a worker is at it: nothing can be had from the engine now
    }
    try {
      obey(wrapWhatEngineHas());
    } catch (SSLException e) {
      LOG.log(Level.DEBUG, "no close_notify", e); // the peer will call it truncated
    }
  }

  private Above above() {
    if (above == null) {
      throw new IllegalStateException("nothing is attached");
    }
    return above;
  }

  // The socket tells.

  /** So that a record that was cut is one again without an array of its own. */
  @Override
  public int room() {
    return busy ? 0 : records.length();
  }

  @Override
  public void bytes(byte[] bytes, int from, int to) {
    try {
      if (over) {
        return;
      } else if (!busy && records.length() <= from) {
        int start = records.putBefore(bytes, from);
        records.add(bytes, unwrap(bytes, start, to), to);
      } else {
        records.add(bytes, from, to);
        if (!busy) {
          unwrapKept();
        }
      }
      proceed();
    } catch (SSLException e) {
      broken(e);
    }
  }

  @Override
  public void ended() {
    if (over || inputEnded) {
      return;
    }
    try {
      engine.closeInbound(); // throws, since there was no close_notify
      inputEnded = true;
      proceed();
    } catch (SSLException e) {
      broken(e);
    }
  }

  @Override
  public void writable() {
    if (above != null && isWritable()) {
      above.writable();
    }
  }

  @Override
  public void failed(Throwable cause) {
    if (!over) {
      over = true;
      NetworkException explained = secured.explain(cause);
      engine.closeOutbound();
      tell(explained);
    }
  }

  /** Ends it; the engine's alert, if it has one, leaves first. */
  private void broken(Throwable cause) {
    if (over) {
      return;
    }
    over = true;
    NetworkException explained = secured.explain(cause);
    sayFarewell();
    below.leave(false);
    tell(explained);
  }

  private void tell(NetworkException cause) {
    if (handshake != null) {
      Handshake told = handshake;
      handshake = null;
      told.failed(cause);
    } else if (above != null) {
      above.failed(cause);
    }
  }

  // The engine.

  /** Does what the engine wants, then what waited for it. */
  private void proceed() throws SSLException {
    if (!over && !busy) {
      obey(engine.getHandshakeStatus());
    }
    if (!over && !busy && owing) {
      catchUp();
    }
    if (over || busy) {
      return;
    }
    if (inputEnded) {
      if (handshake != null) {
        broken(new EOFException("closed during the handshake"));
      } else if (wanted && early.length == 0) {
        reportEnd();
      }
    } else if (handshake != null || wanted) {
      below.read();
    }
  }

  private void obey(HandshakeStatus said) throws SSLException {
    HandshakeStatus status = said;
    if (!over && status == HandshakeStatus.NEED_WRAP) {
      status = wrapWhatEngineHas(); // until it wants something else
    }
    if (over) {
      return;
    }
    if (status == HandshakeStatus.NEED_TASK) {
      runTasks();
    } else if (status == HandshakeStatus.FINISHED && handshake != null) {
      Handshake told = handshake;
      handshake = null;
      told.done(secured.metadata());
    }
  }

  /** Sends what was written while the engine was busy. */
  private void catchUp() throws SSLException {
    if (late.length > 0) {
      byte[] bytes = late;
      late = NONE;
      late = TlsRecords.joined(NONE, bytes, wrap(bytes, 0, bytes.length), bytes.length);
      below.flush();
    }
    if (busy || late.length > 0) {
      return;
    }
    owing = false;
    List<Runnable> tasks = List.copyOf(whenSent);
    whenSent.clear();
    if (finishing) {
      sayFarewell();
      below.finish();
    }
    tasks.forEach(below::whenSent);
    writable();
  }

  private void unwrapKept() throws SSLException {
    byte[] kept = records.take();
    records.add(kept, unwrap(kept, 0, kept.length), kept.length);
  }

  /** Reads whole records; where it stopped. Who has an array of its own gets all of them there. */
  private int unwrap(byte[] bytes, int from, int to) throws SSLException {
    int whole = wanted ? TlsRecords.whole(bytes, from, to) : 0;
    byte[] own = whole > 0 && above != null ? above.arrayFor(whole) : null;
    boolean lent = own == null;
    ByteBuffer source = ByteBuffer.wrap(bytes, from, lent ? to - from : whole);
    byte[] array = own == null ? loop.arrays().borrow() : own;
    ByteBuffer plain = ByteBuffer.wrap(array);
    try {
      while (!over && !busy && !inputEnded && source.hasRemaining()) {
        SSLEngineResult result = engine.unwrap(source, plain);
        Status status = result.getStatus();
        if (status == Status.BUFFER_UNDERFLOW) {
          break;
        } else if (status == Status.BUFFER_OVERFLOW) {
          requireProgress(plain);
          deliver(array, plain, true);
        } else {
          inputEnded = status == Status.CLOSED || engine.isInboundDone();
          obey(result.getHandshakeStatus());
        }
      }
      deliver(array, plain, lent);
    } finally {
      if (lent) {
        loop.arrays().giveBack(array);
      }
    }
    return inputEnded ? to : source.position();
  }

  private void deliver(byte[] array, ByteBuffer plain, boolean lent) {
    int count = plain.position();
    plain.clear();
    if (count == 0 || over) {
      return;
    }
    if (wanted && above != null) {
      wanted = false;
      if (lent) {
        above.bytes(array, 0, count);
      } else {
        above.given(array, count);
      }
    } else {
      early = TlsRecords.joined(early, array, 0, count);
    }
  }

  private void reportEnd() {
    wanted = false;
    above().ended();
  }

  /** Writes records with bytes of a user's; where it stopped, since the engine got busy. */
  private int wrap(byte[] bytes, int from, int to) throws SSLException {
    ByteBuffer source = ByteBuffer.wrap(bytes, from, to - from);
    byte[] array = loop.arrays().borrow();
    ByteBuffer out = ByteBuffer.wrap(array);
    try {
      while (!busy && source.hasRemaining()) {
        SSLEngineResult result = engine.wrap(source, out);
        if (result.getStatus() == Status.CLOSED) {
          throw new SSLException("nothing can be sent any more, since TLS is closed");
        } else if (result.getStatus() == Status.BUFFER_OVERFLOW) {
          requireProgress(out);
          pass(array, out);
        } else if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
          runTasks();
        }
      }
      pass(array, out);
    } finally {
      loop.arrays().giveBack(array);
    }
    return source.position();
  }

  /** Sends what the engine has to say by itself, messages and alerts; what it wants then. */
  private HandshakeStatus wrapWhatEngineHas() throws SSLException {
    byte[] array = loop.arrays().borrow();
    ByteBuffer out = ByteBuffer.wrap(array);
    SSLEngineResult result;
    try {
      do {
        result = engine.wrap(NOTHING, out);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
          requireProgress(out);
          pass(array, out);
        }
      } while (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
      pass(array, out);
    } finally {
      loop.arrays().giveBack(array);
    }
    below.flush();
    return result.getHandshakeStatus();
  }

  private void pass(byte[] array, ByteBuffer out) {
    below.write(array, 0, out.position());
    out.clear();
  }

  private static void requireProgress(ByteBuffer buffer) throws SSLException {
    if (buffer.position() == 0) {
      throw new SSLException("a record larger than " + buffer.capacity() + " bytes");
    }
  }

  private void runTasks() throws SSLException {
    busy = true;
    owing = true;
    Runnable task = engine.getDelegatedTask();
    Pause pause = task == null ? secured.pause() : null;
    if (pause != null) {
      waitFor(pause);
      return;
    }
    try {
      workers.execute(() -> work(task));
    } catch (RejectedExecutionException e) {
      busy = false;
      throw new SSLException("there is no worker any more", e);
    }
  }

  /** Lets the engine be until somebody has decided, or the time for that is over. */
  private void waitFor(Pause pause) {
    Loop.Timer timer = loop.schedule(pause.patience(), pause::giveUp);
    pause
        .over()
        .whenComplete(
            (nothing, error) -> {
              timer.cancel();
              toLoop(error);
            });
  }

  /** On a worker: what the engine delegates. */
  private void work(@Nullable Runnable first) {
    Throwable failure = null;
    try {
      for (Runnable task = first; task != null; task = engine.getDelegatedTask()) {
        task.run();
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    toLoop(failure);
  }

  private void toLoop(@Nullable Throwable failure) {
    try {
      loop.execute(() -> worked(failure));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the loop ended during a handshake", e);
    }
  }

  private void worked(@Nullable Throwable failure) {
    busy = false;
    if (over) {
      return;
    }
    try {
      if (failure != null) {
        throw new SSLException("a task of the handshake failed", failure);
      }
      // Throws what the task has led to, for which no bytes need come.
      obey(engine.unwrap(NOTHING, NOTHING.duplicate()).getHandshakeStatus());
      if (over || busy) {
        return;
      }
      unwrapKept();
      proceed();
    } catch (SSLException e) {
      broken(e);
    }
  }
}
