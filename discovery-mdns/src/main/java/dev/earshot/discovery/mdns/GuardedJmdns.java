package dev.earshot.discovery.mdns;

import dev.earshot.spi.Loop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.MulticastSocket;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import javax.jmdns.impl.DNSIncoming;
import javax.jmdns.impl.DNSOutgoing;
import javax.jmdns.impl.DNSQuestion;
import javax.jmdns.impl.JmDNSImpl;
import javax.jmdns.impl.ServiceInfoImpl;
import javax.jmdns.impl.tasks.Responder;
import javax.jmdns.impl.tasks.state.Announcer;
import javax.jmdns.impl.tasks.state.Canceler;
import javax.jmdns.impl.tasks.state.Prober;
import javax.jmdns.impl.tasks.state.Renewer;
import org.jspecify.annotations.Nullable;

/**
 * jmDNS, held on a short lead: it probes, announces, answers and says goodbye; its timers, threads,
 * socket handling and end are ours.
 *
 * <p>All its tasks run on the loop. Its own thread reads packets through {@link GuardedSocket} and
 * sees only what concerns its own services. It cannot close itself, which it otherwise does when a
 * packet cannot be sent; it says that it died instead.
 */
final class GuardedJmdns extends JmDNSImpl {
  private static final System.Logger LOG = System.getLogger("dev.earshot.discovery");
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(250); // RFC 6762, section 8.1
  private static final int PROBE_JITTER_MILLIS = 251; // the same
  private static final Duration ANNOUNCE_INTERVAL = Duration.ofSeconds(1); // section 8.3
  private static final Duration GOODBYE_INTERVAL = Duration.ofMillis(120);
  private static final Duration RENEWAL = Duration.ofSeconds(Translation.TIME_TO_LIVE_SECONDS / 2);
  private static final int MAXIMUM_RESPONSES_PENDING = 64;

  /** How the engine is called back. */
  interface Owner {
    /** The socket to read packets from, which has looked at them before. */
    MulticastSocket guard(MulticastSocket socket);

    /** Sends what jmDNS wants to send. */
    void send(byte[] message, @Nullable InetAddress unicastTo, int port, Occasion occasion);

    /** A task of jmDNS ran: names or states may be other ones. */
    void stateChanged();

    /** jmDNS would have closed itself, or begun anew. */
    void died(String why);
  }

  /** On what occasion jmDNS sends something. */
  enum Occasion {
    /** Because of somebody's question. */
    ANSWER,
    /** By itself. */
    OWN_ACCORD
  }

  private final Loop loop;
  private final Owner owner;
  private final ConflictPace conflicts = new ConflictPace();
  private final AtomicInteger responsesPending = new AtomicInteger();
  private Occasion occasion = Occasion.OWN_ACCORD; // of the task that the loop is running
  private boolean renewing;
  private @Nullable MulticastSocket guarded; // guarded by this; null while being made
  private boolean shut; // guarded by this

  /**
   * Opens the socket and begins to read; probes for nothing before {@link #startProber}.
   *
   * @param address from which to speak, with the host label as its host name, so that jmDNS does
   *     not ask the resolver for one
   */
  GuardedJmdns(InetAddress address, String hostLabel, Loop loop, Owner owner) throws IOException {
    super(address, hostLabel);
    this.loop = loop;
    this.owner = owner;
    JmdnsSeams seams = JmdnsSeams.check();
    try {
      seams.closeSendSocket(this);
      MulticastSocket made = owner.guard(seams.socket(this));
      synchronized (this) {
        guarded = made;
        notifyAll();
      }
    } catch (IllegalAccessException | RuntimeException e) {
      shut();
      throw new IOException("jmDNS could not be set up on " + address, e);
    }
  }

  /** The reader asks for the socket before the constructor is through, and has to wait for it. */
  @Override
  public synchronized MulticastSocket getSocket() {
    while (guarded == null && !shut) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    return guarded != null ? guarded : super.getSocket();
  }

  /** The socket itself. */
  MulticastSocket rawSocket() {
    return super.getSocket();
  }

  /** Frees socket and reader, without goodbye. */
  void shut() {
    synchronized (this) {
      shut = true;
      notifyAll();
    }
    cancelState(); // the reader ends quietly only if it sees that this is the end
    MulticastSocket raw = super.getSocket();
    if (raw != null) {
      raw.close();
    }
  }

  private synchronized boolean isShut() {
    return shut;
  }

  // What jmDNS does by itself, and may not.

  /** Called by jmDNS when an answer could not be sent: no reason to close. */
  @Override
  public void close() {
    if (!isShut() && owner != null) {
      owner.died("jmDNS wanted to close itself");
    }
  }

  /** Begins anew in its own way, which forgets what was asked for. */
  @Override
  public void recover() {
    if (!isShut() && owner != null) {
      owner.died("jmDNS wanted to begin anew");
    }
  }

  @Override
  public void send(DNSOutgoing out) {
    if (!out.isEmpty()) {
      InetAddress to = out.getDestination() == null ? null : out.getDestination().getAddress();
      int port = out.getDestination() == null ? 0 : out.getDestination().getPort();
      owner.send(out.data(), to, port, occasion);
    }
  }

  /** Answers from the first announcement on, as {@link JmdnsService} does. */
  @Override
  public boolean isAnnounced() {
    return super.isAnnounced() || super.isAnnouncing();
  }

  // Its tasks, on the loop and at our pace.

  /** Called for a new service on the loop, and after a conflict by the reader. */
  @Override
  public void startProber() {
    if (loop != null) { // called from the constructor of the superclass, when there is nothing yet
      boolean conflict = !loop.inLoop();
      loop.execute(
          () -> {
            long jitter = ThreadLocalRandom.current().nextInt(PROBE_JITTER_MILLIS);
            probe(conflict ? conflicts.pauseMillis(loop.nanoTime()) + jitter : jitter);
          });
    }
  }

  /** Probes for all that is not yet its own, after {@code delayMillis}. */
  void probe(long delayMillis) {
    ProbeTask task = new ProbeTask();
    repeat(task, Duration.ofMillis(delayMillis), PROBE_INTERVAL);
  }

  @Override
  public void startAnnouncer() {
    if (loop != null) {
      loop.execute(() -> repeat(new AnnounceTask(), Duration.ZERO, ANNOUNCE_INTERVAL));
    }
  }

  @Override
  public void startCanceler() {
    loop.execute(() -> repeat(new GoodbyeTask(), Duration.ZERO, GOODBYE_INTERVAL));
  }

  /** jmDNS starts one of these after every announcement; one for all is enough. */
  @Override
  public void startRenewer() {
    if (!renewing) {
      renewing = true;
      loop.schedule(RENEWAL, this::renew);
    }
  }

  private void renew() {
    if (!isShut()) {
      announceAgain();
      cleanCache();
      loop.schedule(RENEWAL, this::renew);
    }
  }

  /** Announces everything that was announced once more. */
  void announceAgain() {
    Renewer task = new Renewer(this);
    task.run();
    task.cancel();
  }

  @Override
  public void startResponder(DNSIncoming query, InetAddress to, int port) {
    if (responsesPending.incrementAndGet() > MAXIMUM_RESPONSES_PENDING) {
      responsesPending.decrementAndGet();
      return;
    }
    loop.schedule(Duration.ofMillis(responseDelayMillis(query)), () -> respond(query, to, port));
  }

  /** RFC 6762, section 6: at once for what only we have, 20 to 120 ms if others may answer too. */
  private long responseDelayMillis(DNSIncoming query) {
    for (DNSQuestion question : query.getQuestions()) {
      if (!question.iAmTheOnlyOne(this)) {
        return ThreadLocalRandom.current().nextInt(20, 121);
      }
    }
    return 0;
  }

  private void respond(DNSIncoming query, InetAddress to, int port) {
    responsesPending.decrementAndGet();
    if (!isShut()) {
      occasion = Occasion.ANSWER;
      try {
        new Responder(this, query, to, port).run();
      } finally {
        occasion = Occasion.OWN_ACCORD;
      }
    }
  }

  /** Our own store replaces its cache, in which only conflicting records ever stand. */
  @Override
  public void startReaper() {}

  @Override
  public void startServiceInfoResolver(ServiceInfoImpl info) {}

  @Override
  public void startTypeResolver() {}

  @Override
  public void startServiceResolver(String type) {}

  @Override
  public void purgeTimer() {}

  @Override
  public void purgeStateTimer() {}

  @Override
  public void cancelTimer() {}

  @Override
  public void cancelStateTimer() {}

  /** A task of jmDNS that runs again and again until it cancels itself. */
  private interface Repeated {
    void run();

    boolean isOver();
  }

  private void repeat(Repeated task, Duration delay, Duration interval) {
    loop.schedule(
        delay,
        () -> {
          if (!task.isOver() && !isShut()) {
            task.run();
            owner.stateChanged();
            repeat(task, interval, interval);
          }
        });
  }

  private final class ProbeTask extends Prober implements Repeated {
    private boolean over;

    ProbeTask() {
      super(GuardedJmdns.this);
    }

    @Override
    protected void advanceTask() {
      setTaskState(getTaskState().advance());
      if (!getTaskState().isProbing()) {
        cancel();
        // RFC 6762, section 8.1: an objection may come until 250 ms after the third probe.
        repeat(new AnnounceTask(), PROBE_INTERVAL, ANNOUNCE_INTERVAL);
      }
    }

    @Override
    public boolean cancel() {
      over = true;
      return super.cancel();
    }

    @Override
    public boolean isOver() {
      return over;
    }
  }

  private final class AnnounceTask extends Announcer implements Repeated {
    private boolean over;

    AnnounceTask() {
      super(GuardedJmdns.this);
    }

    @Override
    public boolean cancel() {
      over = true;
      return super.cancel();
    }

    @Override
    public boolean isOver() {
      return over;
    }
  }

  private final class GoodbyeTask extends Canceler implements Repeated {
    private boolean over;

    GoodbyeTask() {
      super(GuardedJmdns.this);
    }

    @Override
    public boolean cancel() {
      over = true;
      return super.cancel();
    }

    @Override
    public boolean isOver() {
      return over;
    }
  }
}
