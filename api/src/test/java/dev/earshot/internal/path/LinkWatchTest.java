package dev.earshot.internal.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.spi.Loop;
import dev.earshot.testing.MemoryLinks;
import dev.earshot.testing.VirtualExecutor;
import dev.earshot.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LinkWatchTest {
  private static final NetworkLink WIRED = new NetworkLink("eth0", 2, LinkType.WIRED);

  private final VirtualTime time = new VirtualTime();
  private final MemoryLinks links = MemoryLinks.loopbackOnly();
  private final Loop loop = time.loop("house");
  private final Loop own = time.loop("own");
  private final VirtualExecutor workers = time.executor("workers");
  private final LinkWatch watch = new LinkWatch(links, loop, workers);
  private final List<LinkTable> told = new ArrayList<>();

  @Test
  void nobodyLooksWhileNobodyWantsToKnow() {
    time.advance(Duration.ofMinutes(1));
    assertThat(links.looks()).isZero();
    LinkWatch.Subscription subscription = subscribe();
    time.advance(Duration.ofSeconds(10));
    assertThat(links.looks()).isBetween(10, 12);
    int before = links.looks();
    subscription.cancel();
    time.advance(Duration.ofMinutes(1));
    assertThat(links.looks()).isEqualTo(before);
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void theFirstLookIsToldAtOnceAndThenOnlyChanges() {
    subscribe();
    time.runUntilIdle();
    assertThat(told).containsExactly(table());
    time.advance(Duration.ofSeconds(10));
    assertThat(told).hasSize(1);
  }

  @Test
  void aChangeIsToldWithinTwoSecondsAndOnce() {
    subscribe();
    time.advance(Duration.ofMillis(1_500));
    links.put(WIRED, "10.0.0.1");
    time.advance(Duration.ofMillis(1_400));
    assertThat(told).hasSize(2);
    assertThat(told.get(1)).isEqualTo(table());
    assertThat(watch.lastTold()).isEqualTo(table());
    time.advance(Duration.ofSeconds(10));
    assertThat(told).hasSize(2);
  }

  @Test
  void aChangeThatDoesNotHoldIsNotTold() {
    subscribe();
    time.advance(Duration.ofMillis(1_900));
    links.put(WIRED, "10.0.0.1");
    time.advance(Duration.ofMillis(200)); // seen
    links.remove("eth0");
    time.advance(Duration.ofSeconds(10));
    assertThat(told).hasSize(1);
  }

  @Test
  void addressesThatComeOneAfterTheOtherAreToldOnce() {
    subscribe();
    time.advance(Duration.ofMillis(1_900));
    links.put(WIRED);
    time.advance(Duration.ofMillis(200));
    links.put(WIRED, "fe80::1");
    time.advance(Duration.ofMillis(200));
    links.put(WIRED, "fe80::1", "10.0.0.1");
    time.advance(Duration.ofSeconds(5));
    assertThat(told).hasSize(2);
    assertThat(told.get(1)).isEqualTo(table());
  }

  @Test
  void aLinkThatNeverSettlesIsToldOfAllTheSame() {
    subscribe();
    time.runUntilIdle();
    for (int i = 0; i < 100; i++) {
      links.put(WIRED, "10.0.0." + i);
      time.advance(Duration.ofMillis(100));
    }
    assertThat(told).hasSizeGreaterThan(3);
  }

  @Test
  void aSecondSubscriberIsToldAtOnceWhatIsKnown() {
    subscribe();
    time.advance(Duration.ofSeconds(3));
    int looks = links.looks();
    List<LinkTable> second = new ArrayList<>();
    watch.subscribe(own, second::add);
    time.runUntilIdle();
    assertThat(links.looks()).isEqualTo(looks);
    assertThat(second).containsExactly(table());
  }

  @Test
  void whoComesAfterAPauseIsToldTheLinksAsTheyAreNow() {
    LinkWatch.Subscription first = subscribe();
    time.runUntilIdle();
    first.cancel();
    time.advance(LinkWatch.INTERVAL);
    links.put(WIRED, "10.0.0.1");
    subscribe();
    time.runUntilIdle();
    assertThat(told).endsWith(table()).hasSize(2);
  }

  @Test
  void whoComesSoonAfterAnotherHasGoneIsToldWhatThatOneKnew() {
    LinkWatch.Subscription first = subscribe();
    time.runUntilIdle();
    first.cancel();
    time.advance(Duration.ofMillis(300));
    int looks = links.looks();
    subscribe();
    time.runUntilIdle();
    assertThat(told).hasSize(2);
    assertThat(links.looks()).isEqualTo(looks);
    links.put(WIRED, "10.0.0.1");
    time.advance(LinkWatch.INTERVAL.plus(LinkWatch.SETTLED));
    assertThat(told).endsWith(table()).hasSize(3);
    assertThat(time.pendingTimers()).isEqualTo(1);
  }

  @Test
  void manyWhoComeAndGoMakeNoMoreLooksThanOneWhoStays() {
    for (int i = 0; i < 1_000; i++) {
      LinkWatch.Subscription each = subscribe();
      time.advance(Duration.ofMillis(10));
      each.cancel();
    }
    assertThat(told).hasSize(1_000);
    assertThat(links.looks()).isBetween(9, 12);
    time.runUntilIdle();
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void whoIsAskedAndWantsNoMoreIsTheLastToKeepItLooking() {
    AtomicBoolean wanted = new AtomicBoolean(true);
    watch.subscribe(own, told::add, wanted::get);
    time.advance(Duration.ofMillis(2_500));
    int looks = links.looks();
    wanted.set(false);
    links.put(WIRED, "10.0.0.1");
    time.advance(Duration.ofSeconds(10));
    assertThat(told).hasSize(1);
    assertThat(links.looks()).isEqualTo(looks);
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void nothingComesAfterACancelOnTheSubscribersLoop() {
    LinkWatch.Subscription subscription = subscribe();
    time.advance(Duration.ofSeconds(3));
    links.put(WIRED, "10.0.0.1");
    own.execute(subscription::cancel);
    time.advance(Duration.ofSeconds(10));
    assertThat(told).hasSize(1);
  }

  @Test
  void aLookThatFailsIsRepeated() {
    links.breakDown(true);
    subscribe();
    time.advance(Duration.ofSeconds(3));
    assertThat(told).isEmpty();
    links.breakDown(false);
    time.advance(Duration.ofSeconds(2));
    assertThat(told).containsExactly(table());
  }

  @Test
  void aLookThatHangsIsNotFollowedByOthers() {
    subscribe();
    time.advance(Duration.ofSeconds(2));
    workers.pause();
    time.advance(Duration.ofMinutes(1));
    assertThat(workers.waiting()).isEqualTo(1);
    links.put(WIRED, "10.0.0.1");
    workers.resume();
    time.advance(Duration.ofSeconds(3));
    assertThat(told).endsWith(table()).hasSize(2);
  }

  private LinkWatch.Subscription subscribe() {
    return watch.subscribe(
        own,
        table -> {
          own.assertInLoop();
          told.add(table);
        });
  }

  private LinkTable table() {
    return new LinkTable(links.links());
  }
}
