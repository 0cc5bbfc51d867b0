package dev.earshot.benchmarks;

import java.time.Duration;
import java.util.List;

/** Both sides of a contestant in this JVM, connected over the loopback, for JMH. */
final class Loopback implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Contestant serving;
  private final Contestant connecting;
  private final Contestant.Server server;
  private final Link link;
  private final int size;

  private Loopback(Contestants contestant, Workload workload) throws Exception {
    serving = contestant.make();
    connecting = contestant.make();
    server = serving.serve(workload);
    link = connecting.connect(server.contact(), workload);
    size = workload.size();
  }

  static Loopback open(String contestant, String workload) throws Exception {
    return new Loopback(Contestants.of(contestant), Workload.parse(workload));
  }

  Link link() {
    return link;
  }

  /** Waits until all that was sent has arrived; throws unless it is so many, whole. */
  void settle(Link.Sender sender, long sent) throws Exception {
    sender.send(Messages.mark(size));
    byte[] answer = link.receive(PATIENCE);
    if (answer == null) {
      throw new IllegalStateException("the receiver has not answered the mark");
    }
    Tally.verify(List.of(answer), sent);
  }

  @Override
  public void close() {
    link.close();
    server.close();
    connecting.close();
    serving.close();
  }
}
