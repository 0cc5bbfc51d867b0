package dev.earshot.testing;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.spi.LinkSource;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The links of one computer, as a test wants them.
 *
 * <p>They are looked at like real ones: a network notices a change within a second or two. {@link
 * MemoryDiscovery} notices it at once. Thread-safe.
 */
public final class MemoryLinks implements LinkSource {
  private final List<LinkState> states = new CopyOnWriteArrayList<>();
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
  private final AtomicInteger looks = new AtomicInteger();
  private volatile boolean broken;

  /** No links at all. */
  public MemoryLinks() {}

  /** {@link MemoryWire#LINK} with {@code numeric} addresses, and loopback. */
  public static MemoryLinks of(String... numeric) {
    return loopbackOnly().put(MemoryWire.LINK, numeric);
  }

  /** Loopback with 127.0.0.1. */
  public static MemoryLinks loopbackOnly() {
    return new MemoryLinks().put(MemoryWire.LOOPBACK, "127.0.0.1");
  }

  /** A link of a kind. */
  public static NetworkLink link(String name, int index, LinkType type) {
    return new NetworkLink(name, index, type);
  }

  /** Adds {@code link}, up, or replaces the one of that name. */
  public MemoryLinks put(NetworkLink link, String... numeric) {
    List<InetAddress> addresses = Arrays.stream(numeric).map(MemoryWire::address).toList();
    return put(new LinkState(link, addresses, true, true, false));
  }

  /** The same with everything said about it. */
  public MemoryLinks put(LinkState state) {
    change(
        () -> {
          states.removeIf(old -> old.link().name().equals(state.link().name()));
          states.add(state);
        });
    return this;
  }

  /** Takes the link called {@code name} away. */
  public MemoryLinks remove(String name) {
    change(() -> states.removeIf(old -> old.link().name().equals(name)));
    return this;
  }

  /** The link called {@code name} goes down, or comes up again. */
  public MemoryLinks up(String name, boolean up) {
    List<LinkState> those =
        states.stream().filter(state -> state.link().name().equals(name)).toList();
    those.forEach(
        old ->
            put(
                new LinkState(
                    old.link(), old.addresses(), up, old.multicast(), old.pointToPoint())));
    return this;
  }

  /** From now on a look fails, or works again. */
  public void breakDown(boolean value) {
    broken = value;
  }

  /** How often somebody looked. */
  public int looks() {
    return looks.get();
  }

  @Override
  public List<LinkState> links() {
    looks.incrementAndGet();
    if (broken) {
      throw new IllegalStateException("the links cannot be listed, as the test wants it");
    }
    return now();
  }

  /** The links as they are, without a look that counts. */
  List<LinkState> now() {
    return new ArrayList<>(states);
  }

  /** Calls {@code watcher} after every change. */
  void whenChanged(Runnable watcher) {
    watchers.add(watcher);
  }

  private void change(Runnable change) {
    change.run();
    watchers.forEach(Runnable::run);
  }
}
