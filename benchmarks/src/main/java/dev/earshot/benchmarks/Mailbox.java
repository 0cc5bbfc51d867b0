package dev.earshot.benchmarks;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Hands messages from a library's callback to the one thread that waits for them. Every contestant
 * with callbacks uses it, so all pay the same for the hand-over.
 */
public final class Mailbox {
  private static final byte[] END = new byte[0];

  private final Queue<byte[]> arrived = new ConcurrentLinkedQueue<>();
  private volatile Thread waiting;
  private volatile Throwable ended;

  /** Takes a message in; any thread. */
  public void offer(byte[] message) {
    arrived.add(message);
    LockSupport.unpark(waiting);
  }

  /** Lets every later {@link #poll} fail, once what has arrived is used up; any thread. */
  public void end(Throwable cause) {
    ended = cause;
    offer(END);
  }

  /** The next message, or null when none came in time. */
  public byte[] poll(Duration patience) {
    byte[] message = arrived.poll();
    if (message == null) {
      message = await(patience);
    }
    if (message == END) {
      arrived.add(END);
      throw new IllegalStateException("the connection has ended", ended);
    }
    return message;
  }

  private byte[] await(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    waiting = Thread.currentThread();
    try {
      byte[] message;
      while ((message = arrived.poll()) == null) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return null;
        }
        LockSupport.parkNanos(this, left);
      }
      return message;
    } finally {
      waiting = null;
    }
  }
}
