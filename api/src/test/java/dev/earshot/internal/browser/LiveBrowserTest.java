package dev.earshot.internal.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Browser;
import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Discovery.AdvertiseEvents;
import dev.earshot.spi.Discovery.Advertisement;
import dev.earshot.spi.LinkFilter;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.MemoryWire;
import dev.earshot.testing.RecordingBrowser;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveBrowserTest {
  private static final ServiceType TYPE = ServiceType.tcp("echo");
  private static final NetworkLink WIFI = new NetworkLink("wlan0", 7, LinkType.WIFI);
  private static final LinkFilter ANY = new LinkFilter(Optional.empty(), Set.of());

  private final MemoryRoom room = new MemoryRoom(3);
  private final MemoryRoom.Computer here = room.computer("10.0.0.1");
  private final MemoryRoom.Computer there = room.computer("10.0.0.2");
  private final RecordingBrowser handler = RecordingBrowser.on(here.queue());
  private final Browser browser = here.network().browser(TYPE, Parameters.webSocket().build());

  @AfterEach
  void end() {
    room.close();
    assertThat(handler.violations()).isEmpty();
    assertThat(room.air().browsing()).isZero();
    assertThat(room.time().pendingTimers()).isZero();
  }

  @Test
  void startOnceElseIllegalState() {
    start();
    assertThatThrownBy(this::start).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(browser::includeTxtRecords).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aStartAfterCancelIsIllegal() {
    browser.cancel();
    assertThatThrownBy(this::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aHandleNeverStartedOwnsNothing() {
    room.pass();
    assertThat(browser.state()).isEqualTo(new Browser.State.Setup());
    assertThat(room.air().browsing()).isZero();
    assertThat(room.time().pendingTimers()).isZero();
    CompletableFuture<Void> cancelled = browser.cancel();
    room.await(cancelled);
    assertThat(browser.state()).isEqualTo(new Browser.State.Cancelled());
  }

  @Test
  void readyCompletesWhenItIsReadyAndFailsWhenItIsCancelledBefore() {
    CompletableFuture<Browser> early = browser.ready();
    room.pass();
    assertThat(early).isNotDone();
    start();
    assertThat(room.await(early)).isSameAs(browser);
    assertThat(room.await(browser.ready())).isSameAs(browser);
    assertThat(browser.type()).isEqualTo(TYPE);
    assertThat(browser.parameters().protocol().isMessageBased()).isTrue();
    Browser never = here.network().browser(TYPE, Parameters.tcp().build());
    CompletableFuture<Browser> ready = never.ready();
    room.await(never.cancel());
    assertThat(ready).isCompletedExceptionally();
  }

  @Test
  void nothingIsMadeOfNothing() {
    Parameters parameters = Parameters.tcp().build();
    assertThatThrownBy(() -> here.network().connection(null, parameters))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("to");
    assertThatThrownBy(() -> here.network().browser(null, parameters))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("type");
    assertThatThrownBy(() -> here.network().listener(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("parameters");
  }

  @Test
  void itIsReadyBeforeAnythingIsFound() {
    start();
    room.pass();
    assertThat(handler.stateNames()).containsExactly("Ready");
    assertThat(handler.batches()).isEmpty();
    assertThat(browser.results()).isEmpty();
  }

  @Test
  void whatComesChangesAndGoesIsTold() {
    there.links().put(WIFI, "10.1.0.2");
    browser.includeTxtRecords();
    start();
    Advertisement den = advertise("Den", "a");
    room.pass();
    assertThat(handler.results()).isEqualTo(browser.results()).hasSize(1);
    den.update(service("Den", "b"));
    room.pass();
    here.links().put(WIFI, "10.1.0.1");
    room.pass();
    here.links().remove("mem0");
    room.pass();
    den.cancel();
    room.pass();
    assertThat(handler.words())
        .containsExactly(
            "+Den", "~Den [TXT_RECORD]", "~Den [LINK_ADDED]", "~Den [LINK_REMOVED]", "-Den");
    assertThat(handler.results()).isEmpty();
  }

  @Test
  void changesThatComeTogetherAreToldTogetherAndNoneWaitsLongerThanABatch() {
    start();
    Advertisement den = advertise("Den", "");
    room.pass();
    // From here on a change every 15 ms, without end: a batch must close all the same.
    room.air().latency(Duration.ZERO);
    den.cancel();
    for (int i = 0; i < 10; i++) {
      advertise("Other " + i, "");
      room.time().advance(Duration.ofMillis(15));
    }
    assertThat(handler.batches().get(1)).hasSizeBetween(3, 6);
    assertThat(handler.batches().get(1).get(0)).isInstanceOf(Browser.Change.Removed.class);
    assertThat(handler.batches()).hasSizeGreaterThan(2);
  }

  @Test
  void whileTheQueueIsBusyChangesAreMerged() {
    start();
    room.pass();
    here.queue().pause();
    Advertisement den = advertise("Den", "");
    room.pass();
    den.cancel();
    advertise("Attic", "");
    room.pass();
    advertise("Cellar", "");
    room.pass();
    assertThat(here.queue().waiting()).isEqualTo(1);
    here.queue().resume();
    room.pass();
    assertThat(handler.words()).containsExactly("+Den", "-Den", "+Attic", "+Cellar");
    assertThat(handler.batches()).hasSize(2);
  }

  @Test
  void txtRecordsComeOnlyIfAskedFor() {
    start();
    advertise("Den", "a");
    room.pass();
    assertThat(browser.results())
        .containsExactly(
            new Browser.Result(
                Endpoint.bonjour("Den", TYPE), TxtRecord.empty(), Set.of(MemoryWire.LINK)));
  }

  @Test
  void ownServicesAreFoundToo() {
    start();
    here.discovery().advertise(service("Mine", ""), 1, ANY, new Ignored());
    room.pass();
    assertThat(handler.words()).containsExactly("+Mine");
  }

  @Test
  void withoutALinkItWaitsAndGoesOnByItself() {
    start();
    advertise("Den", "");
    room.pass();
    here.links().remove("mem0").remove("lo");
    room.pass();
    assertThat(browser.state()).isInstanceOf(Browser.State.Waiting.class);
    assertThat(handler.words()).containsExactly("+Den", "-Den");
    here.links().put(MemoryWire.LINK, "10.0.0.1");
    room.pass();
    assertThat(handler.stateNames()).containsExactly("Ready", "Waiting", "Ready");
    assertThat(handler.words()).containsExactly("+Den", "-Den", "+Den");
  }

  @Test
  void failedAtMostOnceAndCancelledAtMostOnceAndAlwaysLastThenSilence() {
    start();
    room.pass();
    here.discovery().fail(new NetworkException("the test says so"));
    here.discovery().fail(new NetworkException("and again"));
    room.pass();
    advertise("Den", "");
    room.pass();
    room.await(browser.cancel());
    room.await(browser.cancel());
    room.pass();
    assertThat(handler.stateNames()).containsExactly("Ready", "Failed", "Cancelled");
    assertThat(handler.words()).isEmpty();
  }

  @Test
  void whatIsOnItsWayWhenItIsCancelledIsNotTold() {
    start();
    room.pass();
    advertise("Den", "");
    room.time().advance(Duration.ofMillis(60)); // heard, and not yet told
    CompletableFuture<Void> cancelled = browser.cancel();
    room.pass();
    assertThat(cancelled).isCompleted();
    assertThat(handler.stateNames()).containsExactly("Ready", "Cancelled");
    assertThat(handler.words()).isEmpty();
  }

  @Test
  void aHandlerThatThrowsChangesNothing() {
    handler.throwing();
    start();
    Advertisement den = advertise("Den", "");
    room.pass();
    den.cancel();
    room.pass();
    assertThat(handler.words()).containsExactly("+Den", "-Den");
    room.await(browser.cancel());
    assertThat(handler.stateNames()).containsExactly("Ready", "Cancelled");
  }

  @Test
  void discoveryThatThrowsFailsTheBrowser() {
    here.discovery().close();
    start();
    room.pass();
    assertThat(handler.stateNames()).containsExactly("Failed");
    assertThat(((Browser.State.Failed) handler.states().get(0)).cause())
        .hasMessageContaining("browsing for _echo._tcp")
        .hasMessageContaining("discovery in memory is closed");
  }

  @Test
  void cancelCompletesAfterTheStateWasTold() {
    start();
    room.pass();
    here.queue().pause();
    CompletableFuture<Void> cancelled = browser.cancel();
    room.pass();
    assertThat(browser.state()).isEqualTo(new Browser.State.Cancelled());
    assertThat(room.air().browsing()).isZero();
    assertThat(cancelled).isNotDone();
    cancelled.thenRun(() -> assertThat(handler.stateNames()).containsExactly("Ready", "Cancelled"));
    here.queue().resume();
    room.await(cancelled);
  }

  @Test
  void aWaitingReasonSaysWhatIsMissing() {
    here.links().remove("mem0").remove("lo");
    start();
    room.pass();
    assertThat(handler.states()).hasSize(1);
    assertThat(((Browser.State.Waiting) handler.states().get(0)).reason())
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("no link");
  }

  private void start() {
    browser.start(handler, here.queue());
  }

  private Advertisement advertise(String name, String txt) {
    return there.discovery().advertise(service(name, txt), 1, ANY, new Ignored());
  }

  private static Service service(String name, String txt) {
    return Service.of(name, TYPE)
        .withTxtRecord(txt.isEmpty() ? TxtRecord.empty() : TxtRecord.of(Map.of("t", txt)));
  }

  private static final class Ignored implements AdvertiseEvents {
    @Override
    public void registered(Endpoint.Bonjour endpoint) {}

    @Override
    public void unregistered(Endpoint.Bonjour endpoint) {}

    @Override
    public void failed(NetworkException cause) {}
  }
}
