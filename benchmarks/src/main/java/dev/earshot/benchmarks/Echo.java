package dev.earshot.benchmarks;

import java.time.Duration;
import java.util.Arrays;

/** Echoes over one link, one in flight. Confined to one thread. */
final class Echo implements AutoCloseable {
  private static final Duration HOPELESS = Duration.ofSeconds(10);

  private final Link link;
  private final Link.Sender sender;
  private final int size;
  private long serial;
  private long nudges;

  Echo(Link link, int size) throws Exception {
    this.link = link;
    this.sender = link.sender();
    this.size = size;
  }

  /**
   * Sends one message and waits for it to come back whole.
   *
   * @param patience how long to leave a silent connection alone before each nudge
   * @return how long it took, in nanoseconds
   */
  long once(Duration patience) throws Exception {
    byte[] message = Messages.echo(size, serial++);
    long began = System.nanoTime();
    sender.send(message);
    byte[] back;
    while ((back = link.receive(patience)) == null) {
      if (System.nanoTime() - began > HOPELESS.toNanos()) {
        throw new IllegalStateException("echo " + (serial - 1) + " has not come back");
      }
      nudges++;
      link.nudge();
    }
    long took = System.nanoTime() - began;
    if (!Arrays.equals(back, message)) {
      throw new IllegalStateException("echo " + (serial - 1) + " came back changed");
    }
    return took;
  }

  long nudges() {
    return nudges;
  }

  @Override
  public void close() {
    link.close();
  }
}
