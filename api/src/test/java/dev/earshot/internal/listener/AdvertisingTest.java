package dev.earshot.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.MemoryWire;
import dev.earshot.testing.RecordingBrowser;
import dev.earshot.testing.RecordingListener;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a listener makes known of itself. */
class AdvertisingTest {
  private static final ServiceType TYPE = ServiceType.tcp("echo");
  private static final NetworkLink WIFI = new NetworkLink("wlan0", 7, LinkType.WIFI);

  private final MemoryRoom room = new MemoryRoom(8);
  private final MemoryRoom.Computer here = room.computer("10.0.0.1");
  private final MemoryRoom.Computer there = room.computer("10.0.0.2");
  private final RecordingListener handler = RecordingListener.on(here.queue());
  private final RecordingBrowser seen = RecordingBrowser.on(there.queue());
  private final Listener listener = here.network().listener(Parameters.webSocket().build());

  @AfterEach
  void end() {
    room.close();
    assertThat(handler.violations()).isEmpty();
    assertThat(room.air().advertised()).isEmpty();
    assertThat(room.time().pendingTimers()).isZero();
  }

  @Test
  void advertisingBeginsWhenItIsReadyAndEndsWhenItIsCancelled() {
    browse();
    listener.advertise(Service.of("Den", TYPE));
    room.pass();
    assertThat(room.air().advertised()).isEmpty();
    start();
    room.pass();
    assertThat(seen.words()).containsExactly("+Den");
    room.await(listener.cancel());
    room.pass();
    assertThat(seen.words()).containsExactly("+Den", "-Den");
    assertThat(handler.registrations()).containsExactly("+Den", "-Den");
    assertThat(handler.stateNames()).containsExactly("Ready", "Cancelled");
  }

  @Test
  void itMayBeginLaterAndStopWhileConnectionsAreStillAccepted() {
    browse();
    start();
    room.pass();
    listener.advertise(Service.of("Den", TYPE));
    room.pass();
    listener.withdraw();
    listener.withdraw();
    room.pass();
    assertThat(seen.words()).containsExactly("+Den", "-Den");
    assertThat(handler.registrations()).containsExactly("+Den", "-Den");
    assertThat(listener.state()).isEqualTo(new Listener.State.Ready());
    listener.advertise(Service.of("Den", TYPE));
    room.pass();
    assertThat(seen.words()).endsWith("+Den");
  }

  @Test
  void aNewTxtRecordIsAnUpdateAndANewNameANewRegistration() {
    browse();
    listener.advertise(Service.of("Den", TYPE));
    start();
    room.pass();
    listener.advertise(Service.of("Den", TYPE).withTxtRecord(TxtRecord.of(Map.of("a", "1"))));
    room.pass();
    assertThat(handler.registrations()).containsExactly("+Den");
    assertThat(seen.words()).containsExactly("+Den", "~Den [TXT_RECORD]");
    listener.advertise(Service.of("Attic", TYPE));
    room.pass();
    assertThat(handler.registrations()).containsExactly("+Den", "-Den", "+Attic");
    assertThat(seen.words()).endsWith("-Den", "+Attic");
  }

  @Test
  void anotherTypeIsAnotherServiceInsteadOfTheFirst() {
    browse();
    listener.advertise(Service.of("Den", TYPE));
    start();
    room.pass();
    listener.advertise(Service.of("Den", ServiceType.tcp("other")));
    room.pass();
    assertThat(room.air().advertised())
        .containsExactly(Endpoint.bonjour("Den", ServiceType.tcp("other")));
    assertThat(handler.registrations()).containsExactly("+Den", "-Den", "+Den");
  }

  @Test
  void aNameThatIsTakenIsReportedUnderTheNameThatCameOfIt() {
    there
        .network()
        .listener(Parameters.webSocket().build())
        .advertise(Service.of("Den", TYPE))
        .start(RecordingListener.on(there.queue()), there.queue());
    room.pass();
    listener.advertise(Service.of("Den", TYPE));
    start();
    room.pass();
    assertThat(handler.registrations()).containsExactly("+Den (2)");
    here.discovery().loseName("Den (2)", "Den (3)");
    room.pass();
    assertThat(handler.registrations()).containsExactly("+Den (2)", "-Den (2)", "+Den (3)");
    room.await(listener.cancel());
    assertThat(handler.registrations()).endsWith("-Den (3)");
  }

  @Test
  void withoutANameItIsCalledAsTheComputer() {
    listener.advertise(Service.of(TYPE));
    start();
    room.pass();
    assertThat(room.air().advertised()).hasSize(1);
    assertThat(room.air().advertised().get(0).name()).isNotBlank();
  }

  @Test
  void theTransportOfTheServiceTypeMustFitTheProtocol() {
    assertThatThrownBy(() -> listener.advertise(Service.of("Den", ServiceType.udp("echo"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("_echo._udp")
        .hasMessageContaining("_tcp");
  }

  @Test
  void advertisingThatFailsIsToldAndTheListenerGoesOn() {
    listener.advertise(Service.of("Den", TYPE));
    start();
    room.pass();
    here.discovery().fail(new NetworkException("the test says so"));
    room.pass();
    assertThat(handler.failures()).hasSize(1);
    assertThat(handler.failures().get(0)).hasMessage("the test says so");
    assertThat(handler.registrations()).containsExactly("+Den", "-Den");
    assertThat(listener.state()).isEqualTo(new Listener.State.Ready());
    listener.advertise(Service.of("Den", TYPE));
    room.pass();
    assertThat(handler.registrations()).containsExactly("+Den", "-Den", "+Den");
  }

  @Test
  void discoveryThatThrowsIsAFailureOfAdvertisingOnly() {
    listener.advertise(Service.of("Den", TYPE));
    here.discovery().close();
    start();
    room.pass();
    assertThat(handler.stateNames()).containsExactly("Ready");
    assertThat(handler.failures()).hasSize(1);
    assertThat(handler.failures().get(0)).hasMessageContaining("discovery in memory is closed");
  }

  @Test
  void aListenerThatLosesItsLinkIsNotAdvertisedUntilItIsBack() {
    here.links().put(WIFI, "10.1.0.1");
    there.links().put(WIFI, "10.1.0.2");
    browse();
    Listener onWifi =
        here.network()
            .listener(Parameters.webSocket().requireLink(WIFI).build())
            .advertise(Service.of("Den", TYPE))
            .start(handler, here.queue());
    room.pass();
    here.links().up("wlan0", false);
    room.time().advance(Duration.ofSeconds(2));
    assertThat(handler.registrations()).containsExactly("+Den", "-Den");
    here.links().up("wlan0", true);
    room.time().advance(Duration.ofSeconds(3));
    assertThat(handler.registrations()).containsExactly("+Den", "-Den", "+Den");
    assertThat(seen.words()).containsExactly("+Den", "-Den", "+Den");
    assertThat(seen.results().iterator().next().links()).containsExactly(WIFI);
    room.await(onWifi.cancel());
  }

  @Test
  void withoutDiscoveryAdvertisingSaysWhichArtifactIsMissing() {
    Network bare =
        Network.builder()
            .transport(new MemoryWire(room.time()).computer("10.0.0.9"))
            .workers(here.workers())
            .open();
    Listener mute = bare.listener(Parameters.webSocket().build());
    assertThatThrownBy(() -> mute.advertise(Service.of("Den", TYPE)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("earshot-discovery-mdns");
    room.close(bare);
  }

  @Test
  void whatIsAskedAfterTheEndChangesNothing() {
    start();
    room.pass();
    room.await(listener.cancel());
    listener.advertise(Service.of("Den", TYPE));
    listener.withdraw();
    listener.newConnectionLimit(3);
    room.pass();
    assertThat(handler.stateNames()).containsExactly("Ready", "Cancelled");
    assertThat(room.air().advertised()).isEmpty();
  }

  private void start() {
    listener.start(handler, here.queue());
  }

  private void browse() {
    there
        .network()
        .browser(TYPE, Parameters.webSocket().build())
        .includeTxtRecords()
        .start(seen, there.queue());
  }
}
