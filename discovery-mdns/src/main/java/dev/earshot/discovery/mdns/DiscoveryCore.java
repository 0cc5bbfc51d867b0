package dev.earshot.discovery.mdns;

import dev.earshot.Endpoint;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.UnsupportedException;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A discovery in use: the loop, the opener beside it for what may block, and everything that is
 * under way. Requests come from any thread and are carried to the loop.
 */
final class DiscoveryCore {
  private static final System.Logger LOG = System.getLogger("dev.earshot.discovery");
  private static final Duration GOODBYE_PATIENCE = Duration.ofMillis(500);
  private static final Duration END_PATIENCE = Duration.ofMillis(150);
  private static final int OPENERS = 4;

  private final DiscoveryLoop loop = new DiscoveryLoop();
  private final ExecutorService opener = newOpener();
  private final ClaimedNames claimed = new ClaimedNames();
  private final Reconfirmation reconfirmation = new Reconfirmation(loop);
  private final OpenEngines openEngines = new OpenEngines();
  private final LinkResponders responders;
  private final Optional<UnsupportedException> unusable;

  DiscoveryCore(LinkSource links) {
    String hostLabel = randomHostLabel();
    this.responders =
        new LinkResponders(
            loop,
            opener,
            links,
            (where, events) -> JmdnsEngine.open(where, hostLabel, loop, events, openEngines));
    this.unusable = selfTest();
  }

  /** The name of the computer is nobody's business; and no two hosts may have one name. */
  private static String randomHostLabel() {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private static ExecutorService newOpener() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            OPENERS,
            OPENERS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            body -> {
              Thread thread = new Thread(body, "earshot-mdns-opener");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static Optional<UnsupportedException> selfTest() {
    try {
      JmdnsSeams.check();
      return Optional.empty();
    } catch (IllegalStateException e) {
      LOG.log(Level.ERROR, "service discovery does not work: " + e.getMessage());
      return Optional.of(new UnsupportedException(String.valueOf(e.getMessage()), e));
    }
  }

  DiscoveryLoop loop() {
    return loop;
  }

  Discovery.Operation browse(
      ServiceType type, boolean withText, LinkFilter filter, Discovery.BrowseEvents events) {
    if (unusable.isPresent()) {
      loop.execute(() -> events.failed(unusable.get()));
      return () -> {};
    }
    AtomicBoolean cancelled = new AtomicBoolean();
    BrowseRequest request =
        new BrowseRequest(loop, type, withText, filter, new Muffled(cancelled).of(events));
    loop.execute(() -> responders.add(request));
    return () ->
        cancel(
            cancelled,
            () -> {
              request.end();
              responders.remove(request);
            });
  }

  Discovery.Operation resolve(
      Endpoint.Bonjour endpoint, LinkFilter filter, Discovery.ResolveEvents events) {
    if (unusable.isPresent()) {
      loop.execute(() -> events.failed(unusable.get()));
      return () -> {};
    }
    AtomicBoolean cancelled = new AtomicBoolean();
    Discovery.ResolveEvents muffled = new Muffled(cancelled).of(events);
    ResolveRequest[] self = new ResolveRequest[1];
    self[0] = new ResolveRequest(loop, endpoint, filter, muffled, () -> responders.remove(self[0]));
    loop.execute(() -> responders.add(self[0]));
    return () -> cancel(cancelled, self[0]::end);
  }

  Discovery.Advertisement advertise(
      Service service, int port, LinkFilter filter, Discovery.AdvertiseEvents events) {
    if (unusable.isPresent()) {
      loop.execute(() -> events.failed(unusable.get()));
    }
    AtomicBoolean cancelled = new AtomicBoolean(unusable.isPresent());
    Advertised advertised =
        new Advertised(port, filter, new Muffled(cancelled).of(events), cancelled);
    advertised.update(service);
    return advertised;
  }

  private void cancel(AtomicBoolean cancelled, Runnable end) {
    if (cancelled.compareAndSet(false, true)) {
      loop.execute(end);
    }
  }

  /** A publication as its owner holds it: it may still be waiting for the computer's name. */
  private final class Advertised implements Discovery.Advertisement {
    private final int port;
    private final LinkFilter filter;
    private final Discovery.AdvertiseEvents events;
    private final AtomicBoolean cancelled;
    private @Nullable Publication publication; // on the loop
    private int newest; // on the loop: which update is the latest
    private int asked; // guarded by this
    private @Nullable ServiceType type; // guarded by this

    Advertised(
        int port, LinkFilter filter, Discovery.AdvertiseEvents events, AtomicBoolean cancelled) {
      this.port = port;
      this.filter = filter;
      this.events = events;
      this.cancelled = cancelled;
    }

    @Override
    public synchronized void update(Service service) {
      if (type != null && !type.equals(service.type())) {
        throw new IllegalArgumentException(
            "the type stays " + type + "; " + service.type() + " needs another advertisement");
      }
      type = service.type();
      int number = ++asked;
      if (service.name().isPresent()) {
        loop.execute(() -> apply(service, number));
      } else {
        opener.execute(
            () -> {
              Service named =
                  new Service(
                      Optional.of(ComputerName.find()), service.type(), service.txtRecord());
              loop.execute(() -> apply(named, number));
            });
      }
    }

    private void apply(Service service, int number) {
      if (cancelled.get() || number < newest) {
        return;
      }
      newest = number;
      Publication present = publication;
      if (present != null) {
        present.update(service);
      } else {
        Publication made = new Publication(service, port, filter, claimed, events);
        publication = made;
        responders.add(made);
      }
    }

    @Override
    public void cancel() {
      DiscoveryCore.this.cancel(
          cancelled,
          () -> {
            Publication present = publication;
            if (present != null) {
              present.end();
              responders.remove(present);
            }
          });
    }
  }

  void reconfirm(Endpoint.Bonjour endpoint) {
    DnsName instance = ServiceNames.of(endpoint.name(), endpoint.type());
    loop.execute(() -> reconfirmation.begin(instance, responders.all()));
  }

  /** Says goodbye everywhere at once, and ends all threads; within a second. */
  void close() {
    if (loop.inLoop()) {
      // Called from an event: this thread cannot wait for itself.
      Thread closer = new Thread(this::close, "earshot-mdns-closer");
      closer.setDaemon(true);
      closer.start();
      return;
    }
    CountDownLatch goodbyes = new CountDownLatch(1);
    loop.execute(() -> responders.retire(goodbyes::countDown));
    try {
      if (!goodbyes.await(GOODBYE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        CountDownLatch abandoned = new CountDownLatch(1);
        loop.execute(() -> responders.abandon(abandoned::countDown));
        abandoned.await(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
      opener.shutdownNow();
      boolean opened = opener.awaitTermination(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (!loop.end(END_PATIENCE) || !opened) {
        LOG.log(Level.WARNING, "a thread of service discovery does not end");
      }
    } catch (InterruptedException e) {
      opener.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      openEngines.close();
    }
  }
}
