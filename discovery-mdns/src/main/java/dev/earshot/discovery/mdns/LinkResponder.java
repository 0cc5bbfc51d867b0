package dev.earshot.discovery.mdns;

import dev.earshot.discovery.mdns.DnsMessage.Question;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One link address in use: its engine, the records heard there, and the questions asked there.
 *
 * <p>The engine is opened beside the loop. One that cannot be opened, or that dies, is replaced
 * after a while, longer each time; the records stay meanwhile.
 */
@LoopConfined
final class LinkResponder implements Engine.Events, RecordStore.Listener {
  private static final System.Logger LOG = System.getLogger("dev.earshot.discovery");
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private static final int FAILURES_TO_WARN_OF = 4;
  private static final int DEATHS_TO_WARN_OF = 4;

  private final LinkAddress where;
  private final Loop loop;
  private final Executor opener;
  private final Engine.Factory factory;
  private final Listener listener;
  private final Interests interests = new Interests();
  private final RecordStore store;
  private final Map<DnsName, TypeQuery> queries = new HashMap<>();
  private final Set<Question> refreshing = new HashSet<>();
  private List<InetAddress> hostAddresses;
  private @Nullable Engine engine;
  private @Nullable String problem;
  private Duration pause = FIRST_PAUSE;
  private int failures;
  private int deaths;
  private boolean over;

  /** Who is told; called on the loop. */
  interface Listener {
    /** Other records are held on {@code link}. */
    void recordsChanged(LinkResponder link);

    /** {@code link} has got an engine, has lost it, or could not get one. */
    void engineChanged(LinkResponder link);
  }

  LinkResponder(
      LinkAddress where, Loop loop, Executor opener, Engine.Factory factory, Listener listener) {
    this.where = where;
    this.hostAddresses = List.of(where.address());
    this.loop = loop;
    this.opener = opener;
    this.factory = factory;
    this.listener = listener;
    this.store = new RecordStore(loop, interests, this);
  }

  /** Opens the engine, some time soon. */
  void open() {
    opener.execute(
        () -> {
          try {
            Engine opened = factory.open(where, this);
            loop.execute(() -> opened(opened));
          } catch (IOException | RuntimeException e) {
            loop.execute(() -> failed("mDNS cannot be spoken on " + where + ": " + e, e));
          }
        });
  }

  private void opened(Engine opened) {
    if (over) {
      opened.abandon();
      return;
    }
    engine = opened;
    opened.hostAddresses(hostAddresses);
    problem = null;
    failures = 0;
    queries.values().forEach(TypeQuery::restart);
    listener.engineChanged(this);
  }

  @Override
  public void died(String why) {
    Level level = ++deaths == DEATHS_TO_WARN_OF ? Level.WARNING : Level.DEBUG;
    LOG.log(level, "the mDNS engine on {0} is replaced, time {1}: {2}", where, deaths, why);
    engine = null;
    retryLater();
    listener.engineChanged(this);
  }

  private void failed(String why, Exception cause) {
    // An address that just came up cannot be used for a moment: only what lasts is worth a warning.
    Level level = ++failures == FAILURES_TO_WARN_OF ? Level.WARNING : Level.DEBUG;
    LOG.log(level, "{0}; tried {1} times", why, failures);
    LOG.log(Level.TRACE, why, cause);
    problem = why;
    retryLater();
    listener.engineChanged(this);
  }

  private void retryLater() {
    loop.schedule(
        pause,
        () -> {
          if (!over && engine == null) {
            open();
          }
        });
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  /** These are the addresses of this computer on the link now. */
  void hostAddresses(List<InetAddress> now) {
    hostAddresses = List.copyOf(now);
    if (engine != null) {
      engine.hostAddresses(hostAddresses);
    }
  }

  LinkAddress where() {
    return where;
  }

  RecordStore store() {
    return store;
  }

  Optional<Engine> engine() {
    return Optional.ofNullable(engine);
  }

  /** Why there is no engine, if one could not be opened. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  // Asking.

  /** Looks for services of {@code type} until {@link #unwatch} is called as often. */
  void watch(DnsName type, boolean withText) {
    interests.addType(type, withText);
    queries.computeIfAbsent(type, t -> new TypeQuery(loop, () -> askForType(t))).restart();
  }

  void unwatch(DnsName type, boolean withText) {
    interests.removeType(type, withText);
    if (!interests.hasType(type)) {
      TypeQuery query = queries.remove(type);
      if (query != null) {
        query.stop();
      }
    }
    store.forgetUnwanted();
  }

  void watchInstance(DnsName instance) {
    interests.addInstance(instance);
  }

  void unwatchInstance(DnsName instance) {
    interests.removeInstance(instance);
    store.forgetUnwanted();
  }

  private void askForType(DnsName type) {
    ask(new Question(type, DnsRecord.PTR, false));
  }

  /** Asks {@code question}, and says what is known already. */
  void ask(Question question) {
    Engine open = engine;
    if (open != null) {
      List<DnsRecord> known = store.knownAnswers(question.name(), question.type());
      KnownAnswers.messages(question, known).forEach(open::multicast);
    }
  }

  /** Asks {@code questions} as if nothing were known. */
  void askAnew(List<Question> questions) {
    Engine open = engine;
    if (open != null) {
      open.multicast(DnsMessage.query(questions, List.of()));
    }
  }

  /** Many records of one question run out together: one packet asks for all of them. */
  @Override
  public void refresh(Question question) {
    if (refreshing.add(question)) {
      Duration delay = Duration.ofMillis(ThreadLocalRandom.current().nextInt(50, 500));
      loop.schedule(
          delay,
          () -> {
            refreshing.remove(question);
            ask(question);
          });
    }
  }

  // Hearing.

  @Override
  public void received(DnsMessage response, InetAddress source, boolean ownHost) {
    pause = FIRST_PAUSE; // it works
    store.receive(response, source, ownHost);
  }

  @Override
  public void recordsChanged() {
    listener.recordsChanged(this);
  }

  // The end.

  /** Says goodbye, closes, and then runs {@code done}. */
  void retire(Runnable done) {
    over = true;
    queries.values().forEach(TypeQuery::stop);
    Engine open = engine;
    if (open == null) {
      done.run();
    } else {
      open.retire(done);
    }
  }

  /** Closes without goodbye: the link is gone, or there is no time. */
  void abandon() {
    over = true;
    queries.values().forEach(TypeQuery::stop);
    Engine open = engine;
    engine = null;
    if (open != null) {
      open.abandon();
    }
  }

  @Override
  public String toString() {
    return where.toString();
  }
}
