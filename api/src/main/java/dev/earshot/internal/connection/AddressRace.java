package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.EstablishmentReport.AddressAttempt;
import dev.earshot.EstablishmentReport.Outcome;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Dial;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Dials the addresses of one endpoint, in parallel but staggered (RFC 8305): families take turns,
 * the next address is dialled 250 ms after the one before or as soon as one fails, and the first
 * that answers wins. The others are dropped then, but not forgotten: if the user gives the winner
 * up, the race goes on with them.
 *
 * <p>Limit: the first {@value #MOST_ADDRESSES} addresses.
 */
@LoopConfined
final class AddressRace {
  /** RFC 8305 section 5: the Connection Attempt Delay that is recommended. */
  static final Duration STAGGER = Duration.ofMillis(250);

  /** More than a host has; what a look-up brings comes from the network. */
  static final int MOST_ADDRESSES = 32;

  private final Loop loop;
  private final Dialler dialler;
  private final Dial.Events owner;
  private final ArrayDeque<InetSocketAddress> next = new ArrayDeque<>();
  private final Map<InetSocketAddress, TimedDial> running = new LinkedHashMap<>();
  private final List<NetworkException> failures = new ArrayList<>();
  private final AddressLog log;
  private Loop.@Nullable Timer stagger;
  private boolean over;

  /** Dials one address; what happens is told to the events, never inside the call. */
  interface Dialler {
    TimedDial dial(InetSocketAddress address, Dial.Events events);

    /** An address as reports show it. */
    default Endpoint named(InetSocketAddress address) {
      return Endpoint.of(address);
    }

    /** Why an endpoint is not reached, made of why its addresses were not. */
    NetworkException summary(List<NetworkException> failures);

    /** A path that the parameters do not permit; null if it is permitted. */
    @Nullable UnreachableException objection(NetworkPath path);
  }

  AddressRace(Loop loop, List<InetSocketAddress> addresses, Dialler dialler, Dial.Events owner) {
    this.loop = loop;
    this.dialler = dialler;
    this.owner = owner;
    this.log = new AddressLog(loop, dialler::named);
    next.addAll(interleaved(addresses));
  }

  /** The addresses without repetition, families taking turns, the first one first. */
  static List<InetSocketAddress> interleaved(List<InetSocketAddress> addresses) {
    if (addresses.size() == 1) {
      return addresses; // as most are that were not looked up
    }
    Map<Boolean, ArrayDeque<InetSocketAddress>> families =
        new LinkedHashSet<>(addresses)
            .stream()
                .limit(MOST_ADDRESSES)
                .collect(
                    Collectors.groupingBy(
                        address -> address.getAddress() instanceof Inet6Address,
                        LinkedHashMap::new,
                        Collectors.toCollection(ArrayDeque::new)));
    List<InetSocketAddress> turns = new ArrayList<>();
    while (!families.isEmpty()) {
      families.values().forEach(family -> turns.add(family.remove()));
      families.values().removeIf(ArrayDeque::isEmpty);
    }
    return turns;
  }

  void begin() {
    loop.assertInLoop();
    dialNext();
  }

  /** What is being dialled, for messages. */
  String stage() {
    return running.values().stream()
        .map(dial -> dial.target().name())
        .collect(Collectors.joining(", ", "connecting to ", ""));
  }

  /** What became of the addresses so far. */
  List<AddressAttempt> attempts() {
    return log.attempts();
  }

  void cancel() {
    loop.assertInLoop();
    over = true;
    dropRunning();
  }

  /** Gives up what is being dialled, a winner among it, and goes on with the next address. */
  void cancelCurrentEndpoint() {
    loop.assertInLoop();
    if (over || running.isEmpty()) {
      return;
    }
    failures.add(new UnreachableException(stage() + ": given up by cancelCurrentEndpoint"));
    dropRunning();
    goOn();
  }

  private void dialNext() {
    InetSocketAddress address = next.remove();
    stopStagger();
    log.dialled(address);
    running.put(address, dialler.dial(address, new OneDial(address)));
    if (!next.isEmpty()) {
      stagger = loop.schedule(STAGGER, this::dialNextIfRacing);
    }
  }

  private void dialNextIfRacing() {
    stagger = null;
    if (!over && !next.isEmpty()) {
      dialNext();
    }
  }

  /** Dials the next address, or fails if there is none and nothing is running. */
  private void goOn() {
    if (!next.isEmpty()) {
      dialNext();
    } else if (running.isEmpty()) {
      over = true;
      owner.failed(dialler.summary(failures));
    }
  }

  private void dropRunning() {
    stopStagger();
    List<TimedDial> dropped = List.copyOf(running.values());
    running.keySet().forEach(address -> log.settled(address, Outcome.ABANDONED, null));
    running.clear();
    dropped.forEach(TimedDial::cancel);
  }

  private void stopStagger() {
    if (stagger != null) {
      stagger.cancel();
      stagger = null;
    }
  }

  /** What becomes of one address. */
  private final class OneDial implements Dial.Events {
    private final InetSocketAddress address;
    private boolean winner;

    private OneDial(InetSocketAddress address) {
      this.address = address;
    }

    @Override
    public void connected(NetworkPath path) {
      UnreachableException objection = dialler.objection(path);
      TimedDial dial = running.get(address);
      if (dial == null) {
        return;
      }
      if (objection != null) {
        dial.cancel();
        failed(objection);
        return;
      }
      winner = true;
      log.settled(address, Outcome.CONNECTED, null);
      running.remove(address);
      List<InetSocketAddress> dropped = new ArrayList<>(running.keySet());
      dropRunning();
      for (int i = dropped.size() - 1; i >= 0; i--) {
        next.addFirst(dropped.get(i)); // in case the user gives the winner up
      }
      running.put(address, dial);
      owner.connected(path);
    }

    @Override
    public void ready(Pipe pipe) {
      over = true;
      running.remove(address);
      dropRunning();
      owner.ready(pipe);
    }

    @Override
    public void failed(NetworkException cause) {
      if (over || running.remove(address) == null) {
        return;
      }
      log.settled(address, Outcome.FAILED, cause);
      if (winner) {
        // Somebody was there and no agreement came about: the other addresses are the same host.
        over = true;
        owner.failed(cause);
      } else {
        failures.add(cause);
        goOn();
      }
    }
  }
}
