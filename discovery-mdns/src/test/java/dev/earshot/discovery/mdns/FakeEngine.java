package dev.earshot.discovery.mdns;

import dev.earshot.TxtRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** An engine without a network: a test sees what is sent, and says what is heard. */
final class FakeEngine implements Engine {
  private final LinkAddress where;
  private final Events events;
  private final List<DnsMessage> queries = new ArrayList<>();
  private final List<FakePublished> published = new ArrayList<>();
  private List<InetAddress> hostAddresses = List.of();
  private boolean retired;
  private boolean abandoned;

  private FakeEngine(LinkAddress where, Events events) {
    this.where = where;
    this.events = events;
  }

  /** All engines that were opened, in that order, and whether more can be. */
  static final class Workshop implements Factory {
    private final List<FakeEngine> engines = new ArrayList<>();
    private final List<String> brokenLinks = new ArrayList<>();

    @Override
    public Engine open(LinkAddress where, Events events) throws IOException {
      if (brokenLinks.contains(where.link().name())) {
        throw new IOException("broken, as the test wants it");
      }
      FakeEngine made = new FakeEngine(where, events);
      engines.add(made);
      return made;
    }

    void breakLink(String name) {
      brokenLinks.add(name);
    }

    void mendLink(String name) {
      brokenLinks.remove(name);
    }

    List<FakeEngine> engines() {
      return List.copyOf(engines);
    }

    /** The engine that was opened last on the link called {@code name}. */
    FakeEngine on(String name) {
      return engines.stream()
          .filter(e -> e.where.link().name().equals(name))
          .reduce((first, second) -> second)
          .orElseThrow(() -> new AssertionError("no engine on " + name));
    }
  }

  /** A service that does what a test says. */
  static final class FakePublished implements Published {
    private final Publishing what;
    private final Runnable changed;
    private int step;
    private boolean announced;
    private boolean withdrawn;
    private TxtRecord txtRecord;

    private FakePublished(Publishing what, Runnable changed) {
      this.what = what;
      this.changed = changed;
      this.step = what.step();
      this.txtRecord = what.txtRecord();
    }

    /** Somebody else has the name. */
    void conflict() {
      step++;
      announced = false;
      changed.run();
    }

    void announce() {
      announced = true;
      changed.run();
    }

    String name() {
      return what.names().name(step);
    }

    TxtRecord txtRecord() {
      return txtRecord;
    }

    boolean isWithdrawn() {
      return withdrawn;
    }

    @Override
    public int step() {
      return step;
    }

    @Override
    public boolean isAnnounced() {
      return announced;
    }

    @Override
    public void update(TxtRecord newer) {
      txtRecord = newer;
    }

    @Override
    public void withdraw() {
      withdrawn = true;
    }
  }

  /** A response comes in, from some neighbour. */
  void hear(DnsRecord... records) {
    DnsMessage message =
        new DnsMessage(0, 0x8400, List.of(), List.of(records), List.of(), List.of());
    events.received(message, InetAddress.getLoopbackAddress(), false);
  }

  void die() {
    events.died("the test wants it");
  }

  List<DnsMessage> queries() {
    return List.copyOf(queries);
  }

  /** The services that are published and not withdrawn. */
  List<FakePublished> published() {
    return published.stream().filter(p -> !p.withdrawn).toList();
  }

  boolean isRetired() {
    return retired;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  @Override
  public Published publish(Publishing what, Runnable changed) {
    FakePublished made = new FakePublished(what, changed);
    published.add(made);
    return made;
  }

  @Override
  public void hostAddresses(List<InetAddress> addresses) {
    hostAddresses = addresses;
  }

  /** What it was told of this computer. */
  List<InetAddress> hostAddresses() {
    return hostAddresses;
  }

  @Override
  public void multicast(DnsMessage query) {
    queries.add(query);
  }

  @Override
  public void retire(Runnable done) {
    retired = true;
    done.run();
  }

  @Override
  public void abandon() {
    abandoned = true;
  }
}
