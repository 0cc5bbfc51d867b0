package dev.earshot.internal.path;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.UnresolvedException;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.Loop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns an endpoint into addresses: numeric ones at once, host names by the system's resolver on a
 * worker, services by discovery. Gives up after {@link #DEADLINE}. May be called on any thread.
 */
public final class NameLookup {
  /** How long a name may take. */
  static final Duration DEADLINE = Duration.ofSeconds(5);

  // Discovery keeps the same deadline and can say more; ours is for a provider that does not.
  private static final Duration DISCOVERY_DEADLINE = DEADLINE.plusMillis(500);

  private final HostNames hosts;
  private final Supplier<Discovery> discovery;
  private final Loop loop;

  /**
   * A look-up.
   *
   * @param discovery gives discovery, or throws if there is none
   * @param loop where answers come and deadlines are kept
   */
  public NameLookup(HostNames hosts, Supplier<Discovery> discovery, Loop loop) {
    this.hosts = hosts;
    this.discovery = discovery;
    this.loop = loop;
  }

  /**
   * Looks {@code endpoint} up. One of {@code events} is called on the loop, once, never inside this
   * call; nothing once cancelled, except what is under way.
   */
  public Discovery.Operation resolve(
      Endpoint endpoint, LinkFilter filter, Discovery.ResolveEvents events) {
    Question question = new Question(endpoint, loop, events);
    if (endpoint instanceof Endpoint.HostPort host) {
      resolveHost(host, filter, question);
    } else if (endpoint instanceof Endpoint.Bonjour service) {
      resolveService(service, filter, question);
    } else {
      question.failed(new UnresolvedException("looking up " + endpoint + ": unknown kind"));
    }
    return question;
  }

  private void resolveHost(Endpoint.HostPort host, LinkFilter filter, Question question) {
    if (Addresses.isNumeric(host.host())) {
      try {
        InetAddress address = InetAddress.getByName(host.host());
        if (!Addresses.lacksScope(address)) {
          question.resolved(List.of(new InetSocketAddress(address, host.port())));
          return;
        }
      } catch (UnknownHostException e) {
        question.failed(
            new UnresolvedException(
                "looking up " + host.host() + ": no such address or link: " + e.getMessage(), e));
        return;
      }
    }
    question.deadline(DEADLINE);
    question.upstream(hosts.resolve(host, filter, question));
  }

  private void resolveService(Endpoint.Bonjour service, LinkFilter filter, Question question) {
    question.deadline(DISCOVERY_DEADLINE);
    try {
      question.upstream(discovery.get().resolve(service, filter, question));
    } catch (RuntimeException e) {
      question.failed(
          new UnresolvedException("looking up " + service + ": discovery failed: " + e, e));
    }
  }

  /** One question: passes the first answer to its loop, and nothing after that. */
  private static final class Question implements Discovery.Operation, Discovery.ResolveEvents {
    private final Endpoint endpoint;
    private final Loop loop;
    private final Discovery.ResolveEvents events;
    private volatile boolean over; // written on the loop, and by whoever cancels
    private volatile Discovery.@Nullable Operation upstream;
    private volatile Loop.@Nullable Timer timer;

    Question(Endpoint endpoint, Loop loop, Discovery.ResolveEvents events) {
      this.endpoint = endpoint;
      this.loop = loop;
      this.events = events;
    }

    void deadline(Duration time) {
      timer = loop.schedule(time, () -> answer(() -> events.failed(tooLate(time))));
    }

    void upstream(Discovery.Operation operation) {
      upstream = operation;
      if (over) {
        operation.cancel(); // it was over before it was known
      }
    }

    @Override
    public void resolved(List<InetSocketAddress> addresses) {
      // By their text: as objects, two link-local addresses with different scopes are equal.
      Map<String, InetSocketAddress> distinct = new LinkedHashMap<>();
      addresses.forEach(address -> distinct.putIfAbsent(address.toString(), address));
      List<InetSocketAddress> copy = List.copyOf(distinct.values());
      if (copy.isEmpty()) {
        failed(new UnresolvedException("looking up " + endpoint + ": it has no address"));
      } else {
        loop.execute(() -> answer(() -> events.resolved(copy)));
      }
    }

    @Override
    public void failed(NetworkException cause) {
      loop.execute(() -> answer(() -> events.failed(cause)));
    }

    private void answer(Runnable event) {
      if (!over) {
        end();
        event.run();
      }
    }

    @Override
    public void cancel() {
      if (!over) {
        end();
      }
    }

    private void end() {
      over = true;
      Loop.Timer deadline = timer;
      if (deadline != null) {
        deadline.cancel();
      }
      Discovery.Operation operation = upstream;
      if (operation != null) {
        operation.cancel();
      }
    }

    private UnresolvedException tooLate(Duration time) {
      return new UnresolvedException(
          "looking up " + endpoint + ": no answer within " + time.toSeconds() + " s");
    }
  }
}
