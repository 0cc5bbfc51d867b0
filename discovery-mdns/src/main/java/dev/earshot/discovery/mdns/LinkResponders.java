package dev.earshot.discovery.mdns;

import dev.earshot.NetworkException;
import dev.earshot.UnreachableException;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The links in use: one {@link LinkResponder} for each link address that somebody wants.
 *
 * <p>While there are users, the links of the computer are looked at every second. A responder whose
 * link or address went away is dropped at once; one that nobody needs any more stays for ten
 * seconds, since looking is often followed by looking up.
 */
@LoopConfined
final class LinkResponders implements LinkResponder.Listener {
  private static final System.Logger LOG = System.getLogger("dev.earshot.discovery");
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
  private static final Duration LINGER = Duration.ofSeconds(10);

  private final Loop loop;
  private final Executor opener;
  private final LinkSource source;
  private final Engine.Factory factory;
  private final Map<LinkUser, List<LinkResponder>> users = new LinkedHashMap<>();
  private final Map<LinkAddress, LinkResponder> responders = new HashMap<>();
  private final Map<LinkAddress, Loop.Timer> lingering = new HashMap<>();
  private final Set<LinkUser> newcomers = new HashSet<>();
  private @Nullable List<LinkState> links; // null until looked at for the first time
  private boolean looking;
  private boolean over;

  LinkResponders(Loop loop, Executor opener, LinkSource source, Engine.Factory factory) {
    this.loop = loop;
    this.opener = opener;
    this.source = source;
    this.factory = factory;
  }

  void add(LinkUser user) {
    if (over) {
      return;
    }
    users.put(user, List.of());
    newcomers.add(user);
    if (links == null) {
      look();
    } else {
      assign();
    }
    watch();
  }

  void remove(LinkUser user) {
    users.remove(user);
    newcomers.remove(user);
    assign();
  }

  /** Every responder there is. */
  List<LinkResponder> all() {
    return List.copyOf(responders.values());
  }

  // Watching the computer's links.

  private void watch() {
    if (!looking) {
      looking = true;
      loop.schedule(LOOK_INTERVAL, this::lookAgain);
    }
  }

  private void lookAgain() {
    looking = false;
    if (users.isEmpty() || over) {
      links = null; // old news for the next user
    } else {
      look();
      watch();
    }
  }

  private void look() {
    opener.execute(
        () -> {
          try {
            List<LinkState> found = source.links();
            loop.execute(() -> looked(found));
          } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the links of this computer cannot be listed", e);
          }
        });
  }

  private void looked(List<LinkState> found) {
    if (!over && (!found.equals(links) || !newcomers.isEmpty())) {
      links = found;
      assign();
    }
  }

  // Who gets which.

  private void assign() {
    List<LinkState> now = links;
    if (now == null || over) {
      return;
    }
    Map<LinkUser, List<LinkAddress>> wishes = new LinkedHashMap<>();
    Set<LinkAddress> wanted = new HashSet<>();
    for (LinkUser user : users.keySet()) {
      List<LinkAddress> wish = LinkChoice.of(now, user.filter());
      wishes.put(user, wish);
      wanted.addAll(wish);
    }
    dropVanished(now);
    wanted.forEach(this::use);
    responders.forEach((address, link) -> link.hostAddresses(LinkChoice.addressesOn(address, now)));
    responders.keySet().stream().filter(a -> !wanted.contains(a)).forEach(this::linger);
    wishes.forEach((user, wish) -> tell(user, wish, now));
  }

  private void dropVanished(List<LinkState> now) {
    Set<LinkAddress> present =
        now.stream()
            .filter(LinkState::up)
            .flatMap(s -> s.addresses().stream().map(a -> new LinkAddress(s.link(), a)))
            .collect(Collectors.toSet());
    for (LinkAddress address : List.copyOf(responders.keySet())) {
      if (!present.contains(address)) {
        forget(address).abandon();
      }
    }
  }

  private LinkResponder forget(LinkAddress address) {
    Loop.Timer timer = lingering.remove(address);
    if (timer != null) {
      timer.cancel();
    }
    return Objects.requireNonNull(responders.remove(address), "a responder is there until now");
  }

  private void use(LinkAddress address) {
    Loop.Timer timer = lingering.remove(address);
    if (timer != null) {
      timer.cancel();
    }
    if (!responders.containsKey(address)) {
      LinkResponder made = new LinkResponder(address, loop, opener, factory, this);
      responders.put(address, made);
      made.open();
    }
  }

  private void linger(LinkAddress address) {
    lingering.computeIfAbsent(
        address, a -> loop.schedule(LINGER, () -> forget(a).retire(() -> {})));
  }

  private void tell(LinkUser user, List<LinkAddress> wish, List<LinkState> now) {
    List<LinkResponder> has = users.get(user);
    if (has == null) {
      return; // it ended while others were told
    }
    List<LinkResponder> gets = wish.stream().map(responders::get).toList();
    if (newcomers.remove(user) || !gets.equals(has)) {
      users.put(user, gets);
      user.linksChanged(gets, reason(user.filter(), now));
    }
  }

  private static NetworkException reason(LinkFilter filter, List<LinkState> now) {
    String up =
        now.stream()
            .filter(LinkState::up)
            .map(s -> s.link().name())
            .collect(Collectors.joining(", "));
    String wanted =
        filter.required().map(link -> "link " + link.name() + " is not up").orElse("no link fits");
    return new UnreachableException(
        "service discovery: " + wanted + "; up are: " + (up.isEmpty() ? "none" : up));
  }

  // What the responders tell.

  @Override
  public void recordsChanged(LinkResponder link) {
    usersOf(link).forEach(user -> user.recordsChanged(link));
  }

  @Override
  public void engineChanged(LinkResponder link) {
    usersOf(link).forEach(user -> user.engineChanged(link));
  }

  private List<LinkUser> usersOf(LinkResponder link) {
    List<LinkUser> of = new ArrayList<>();
    users.forEach(
        (user, has) -> {
          if (has.contains(link)) {
            of.add(user);
          }
        });
    return of;
  }

  // The end.

  /** Says goodbye on all links at once, and then runs {@code done}. */
  void retire(Runnable done) {
    over = true;
    users.clear();
    Set<LinkResponder> leaving = new HashSet<>(responders.values());
    if (leaving.isEmpty()) {
      done.run();
      return;
    }
    for (LinkResponder link : List.copyOf(leaving)) {
      link.retire(
          () -> {
            if (leaving.remove(link) && leaving.isEmpty()) {
              done.run();
            }
          });
    }
  }

  /** Closes everything at once, and then runs {@code done}. */
  void abandon(Runnable done) {
    responders.values().forEach(LinkResponder::abandon);
    done.run();
  }
}
