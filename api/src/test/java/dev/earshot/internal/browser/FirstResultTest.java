package dev.earshot.internal.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Browser;
import dev.earshot.CancelledException;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.spi.Discovery.AdvertiseEvents;
import dev.earshot.spi.Discovery.Advertisement;
import dev.earshot.spi.LinkFilter;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.MemoryWire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Browsing until somebody is found. */
class FirstResultTest {
  private static final ServiceType TYPE = ServiceType.tcp("echo");
  private static final LinkFilter ANY = new LinkFilter(Optional.empty(), Set.of());

  private final MemoryRoom room = new MemoryRoom(5);
  private final MemoryRoom.Computer here = room.computer("10.0.0.1");
  private final MemoryRoom.Computer there = room.computer("10.0.0.2");
  private final Browser browser = here.network().browser(TYPE, Parameters.webSocket().build());
  private final List<String> asked = new ArrayList<>();

  @AfterEach
  void end() {
    room.close();
    assertThat(room.air().browsing()).isZero();
    assertThat(room.time().pendingTimers()).isZero();
  }

  @Test
  void itCompletesWithWhatIsWantedWhenBrowsingHasEnded() {
    CompletableFuture<Browser.Result> found = first(named("Den"));
    List<String> then = new ArrayList<>();
    found.thenAccept(
        result -> {
          assertThat(here.queue().isRunningHere()).isTrue();
          then.add(result.endpoint().name() + ", browsing: " + room.air().browsing());
        });
    advertise("Attic", "");
    room.pass();
    assertThat(found).isNotDone();
    assertThat(room.air().browsing()).isEqualTo(1);
    advertise("Den", "");
    advertise("Cellar", "");
    room.pass();
    assertThat(then).containsExactly("Den, browsing: 0");
    assertThat(browser.state()).isEqualTo(new Browser.State.Cancelled());
    assertThat(asked).contains("Attic", "Den");
  }

  @Test
  void nobodyIsAskedAboutAnyOtherOnceOneIsAccepted() {
    CompletableFuture<Browser.Result> found = first(result -> true);
    here.queue().pause();
    advertise("Attic", "");
    advertise("Den", "");
    room.pass();
    here.queue().resume();
    room.await(found);
    assertThat(asked).hasSize(1);
  }

  @Test
  void oneThatChangesIsAskedAboutAgain() {
    browser.includeTxtRecords();
    TxtRecord open = TxtRecord.of(Map.of("t", "open"));
    CompletableFuture<Browser.Result> found = first(result -> result.txtRecord().equals(open));
    Advertisement den = advertise("Den", "busy");
    room.pass();
    assertThat(found).isNotDone();
    den.update(service("Den", "open"));
    assertThat(room.await(found).txtRecord()).isEqualTo(open);
    assertThat(asked).containsExactly("Den", "Den");
  }

  @Test
  void withoutALinkItWaits() {
    here.links().remove("mem0").remove("lo");
    CompletableFuture<Browser.Result> found = first(result -> true);
    advertise("Den", "");
    room.pass();
    assertThat(browser.state()).isInstanceOf(Browser.State.Waiting.class);
    assertThat(found).isNotDone();
    here.links().put(MemoryWire.LINK, "10.0.0.1");
    assertThat(room.await(found).endpoint().name()).isEqualTo("Den");
  }

  @Test
  void itFailsWithWhatTheBrowserFailsWith() {
    CompletableFuture<Browser.Result> found = first(result -> true);
    room.pass();
    NetworkException cause = new NetworkException("the test says so");
    here.discovery().fail(cause);
    room.pass();
    assertThat(failure(found)).isSameAs(cause);
    assertThat(browser.state()).isEqualTo(new Browser.State.Failed(cause));
  }

  @Test
  void oneThatIsAcceptedAsTheBrowserFailsIsStillGiven() {
    CompletableFuture<Browser.Result> found = first(result -> true);
    room.pass();
    here.queue().pause();
    advertise("Den", "");
    room.pass();
    here.discovery().fail(new NetworkException("too late"));
    room.pass();
    here.queue().resume();
    assertThat(room.await(found).endpoint().name()).isEqualTo("Den");
  }

  @Test
  void cancellingTheBrowserOrClosingItsNetworkFailsIt() {
    CompletableFuture<Browser.Result> found = first(result -> false);
    Browser other = here.network().browser(TYPE, Parameters.webSocket().build());
    CompletableFuture<Browser.Result> never = other.first(result -> false, here.queue());
    room.pass();
    browser.cancel();
    room.pass();
    assertThat(failure(found))
        .isInstanceOf(CancelledException.class)
        .hasMessageContaining("_echo._tcp");
    here.close();
    assertThat(failure(never)).isInstanceOf(CancelledException.class);
  }

  @Test
  void whoCancelsTheFutureOrLetsItTimeOutCancelsTheBrowser() {
    CompletableFuture<Browser.Result> found = first(result -> false);
    Browser other = here.network().browser(TYPE, Parameters.webSocket().build());
    CompletableFuture<Browser.Result> late = other.first(result -> false, here.queue());
    room.pass();
    found.cancel(true);
    late.completeExceptionally(new TimeoutException()); // as orTimeout does
    room.pass();
    assertThat(browser.state()).isEqualTo(new Browser.State.Cancelled());
    assertThat(other.state()).isEqualTo(new Browser.State.Cancelled());
    assertThat(room.air().browsing()).isZero();
  }

  @Test
  void aPredicateThatThrowsFailsItAndEndsTheBrowser() {
    IllegalArgumentException thrown = new IllegalArgumentException("on purpose");
    CompletableFuture<Browser.Result> found =
        first(
            result -> {
              throw thrown;
            });
    advertise("Den", "");
    advertise("Attic", "");
    room.pass();
    assertThat(failure(found)).isSameAs(thrown);
    assertThat(asked).hasSize(1);
    assertThat(browser.state()).isEqualTo(new Browser.State.Cancelled());
  }

  @Test
  void itTakesThePlaceOfTheStart() {
    first(result -> false);
    assertThatThrownBy(() -> first(result -> false)).isInstanceOf(IllegalStateException.class);
    Browser cancelled = here.network().browser(TYPE, Parameters.webSocket().build());
    cancelled.cancel();
    assertThatThrownBy(() -> cancelled.first(result -> true, here.queue()))
        .isInstanceOf(IllegalStateException.class);
    Browser unstarted = here.network().browser(TYPE, Parameters.webSocket().build());
    assertThatThrownBy(() -> unstarted.first(null, here.queue()))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("wanted");
    assertThat(unstarted.state()).isEqualTo(new Browser.State.Setup());
  }

  private CompletableFuture<Browser.Result> first(Predicate<Browser.Result> wanted) {
    return browser.first(
        result -> {
          assertThat(here.queue().isRunningHere()).isTrue();
          asked.add(result.endpoint().name());
          return wanted.test(result);
        },
        here.queue());
  }

  private static Predicate<Browser.Result> named(String name) {
    return result -> result.endpoint().name().equals(name);
  }

  private static Throwable failure(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    try {
      future.join();
    } catch (CompletionException e) {
      return e.getCause();
    }
    throw new AssertionError("did not fail");
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
