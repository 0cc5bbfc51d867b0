package dev.earshot.whole;

import dev.earshot.Browser;
import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.ServiceType;
import dev.earshot.testing.LinkFault;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.MemoryWire;
import dev.earshot.testing.RecordingHandler;
import dev.earshot.testing.RecordingListener;
import dev.earshot.whole.FlawedTransport.Flaw;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Scenes in virtual time that bring about what the fault matrix does not. */
final class StateScenes {
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration A_WHILE = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final int PORT = 4242;
  private static final Endpoint ENDPOINT = Endpoint.hostPort("10.0.0.2", PORT);

  private final MemoryRoom room = new MemoryRoom(17);
  private final MemoryRoom.Computer here = room.computer("10.0.0.1");
  private final MemoryRoom.Computer there = room.computer("10.0.0.2");
  private final List<Connection> accepted = new ArrayList<>();

  private StateScenes() {}

  static List<Runnable> all() {
    List<Consumer<StateScenes>> scenes =
        List.of(
            StateScenes::neverStarted,
            StateScenes::endedBeforeTheStart,
            StateScenes::endedWhilePreparing,
            StateScenes::endedWhileWaiting,
            StateScenes::outOfTime,
            StateScenes::endedWhenReady,
            StateScenes::endedWhileClosing,
            StateScenes::lostWhileClosing,
            StateScenes::bothSaidTheirLast,
            StateScenes::endedAfterFailure,
            StateScenes::mistakesOfTheTransport,
            StateScenes::listenerCancelledOnItsWay,
            StateScenes::listenerWhoseLinkComesLate,
            StateScenes::listenerWhosePortIsTaken,
            StateScenes::listenerWhoseAddressCannotBeBoundYet,
            StateScenes::listenerWhoseAddressesChangeWhileItBinds,
            StateScenes::listenerWhosePortIsLost,
            StateScenes::browserWhoseLinkComesLate,
            StateScenes::browserCancelledOnItsWay,
            StateScenes::browserThatFailsWhileItWaits);
    return scenes.stream().<Runnable>map(scene -> () -> play(scene)).toList();
  }

  private static void play(Consumer<StateScenes> scene) {
    StateScenes stage = new StateScenes();
    scene.accept(stage);
    stage.room.time().advance(LONG);
    stage.room.close();
  }

  private void pass(Duration time) {
    room.time().advance(time);
  }

  // ---- connections

  private Listener listen(Parameters.Builder parameters, boolean start) {
    RecordingListener handler =
        RecordingListener.on(there.queue())
            .receiving(
                connection -> {
                  accepted.add(connection);
                  if (start) {
                    connection.start();
                  }
                });
    Listener listener = there.network().listener(parameters.localPort(PORT).build());
    listener.start(handler, there.queue());
    pass(SHORT);
    return listener;
  }

  private Connection dial(Parameters.Builder parameters) {
    return here.network().connection(ENDPOINT, parameters.build());
  }

  private Connection started(Parameters.Builder parameters) {
    return dial(parameters).start(RecordingHandler.on(here.queue()), here.queue());
  }

  private Connection ready() {
    Connection connection = started(Parameters.tcp());
    pass(SHORT);
    return connection;
  }

  private void neverStarted() {
    listen(Parameters.tcp(), false);
    ready();
    pass(LONG);
  }

  private void endedBeforeTheStart() {
    dial(Parameters.tcp()).cancel();
    dial(Parameters.tcp()).forceCancel();
    pass(SHORT);
  }

  private void endedWhilePreparing() {
    room.wire().planAt("10.0.0.2", LinkFault.DROP_DIAL);
    Connection patient = started(Parameters.tcp());
    Connection impatient = started(Parameters.tcp());
    pass(SHORT);
    patient.cancel();
    impatient.forceCancel();
    pass(SHORT);
  }

  private void endedWhileWaiting() {
    Connection patient = started(Parameters.tcp());
    Connection impatient = started(Parameters.tcp());
    pass(SHORT);
    patient.cancel();
    impatient.forceCancel();
    pass(SHORT);
  }

  private void outOfTime() {
    started(Parameters.tcp().establishmentTimeout(Duration.ofMillis(500)));
    pass(A_WHILE);
    room.wire().planAt("10.0.0.2", LinkFault.DROP_DIAL);
    started(Parameters.tcp().establishmentTimeout(Duration.ofMillis(500)));
    pass(A_WHILE);
  }

  private void endedWhenReady() {
    listen(Parameters.tcp(), true);
    ready().forceCancel();
    pass(SHORT);
  }

  private void endedWhileClosing() {
    listen(Parameters.tcp(), true);
    Connection connection = ready();
    room.wire().strike(LinkFault.STALL);
    connection.cancel();
    pass(SHORT);
    connection.cancel();
    connection.forceCancel();
    pass(SHORT);
  }

  private void lostWhileClosing() {
    listen(Parameters.tcp(), true);
    Connection connection = ready();
    room.wire().strike(LinkFault.STALL);
    connection.cancel();
    pass(SHORT);
    room.wire().strike(LinkFault.CUT);
    pass(SHORT);
  }

  private void bothSaidTheirLast() {
    listen(Parameters.tcp(), true);
    Connection connection = ready();
    accepted.get(0).send(Payload.utf8("last"), SendOptions.FINAL);
    connection.send(Payload.utf8("last"), SendOptions.FINAL);
    for (Connection each : List.of(connection, accepted.get(0))) {
      each.receiveMessage();
      each.receiveMessage();
    }
    pass(SHORT);
  }

  private void endedAfterFailure() {
    listen(Parameters.tcp(), true);
    Connection one = ready();
    Connection other = ready();
    room.wire().strike(LinkFault.CUT);
    pass(SHORT);
    one.cancel();
    other.forceCancel();
    pass(SHORT);
  }

  private void mistakesOfTheTransport() {
    listen(Parameters.tcp(), true);
    for (Flaw flaw : List.of(Flaw.DIALLING, Flaw.SENDING, Flaw.CLOSING)) {
      Network flawed = flawed(here, flaw);
      Connection connection = flawed.connection(ENDPOINT, Parameters.tcp().build());
      connection.start(RecordingHandler.on(here.queue()), here.queue());
      pass(SHORT);
      connection.cancel();
      pass(SHORT);
      room.close(flawed);
    }
  }

  private static Network flawed(MemoryRoom.Computer computer, Flaw flaw) {
    return Network.builder()
        .transport(new FlawedTransport(computer.transport(), flaw))
        .discovery(computer.discovery())
        .links(computer.links())
        .workers(computer.workers())
        .open();
  }

  // ---- listeners

  private Listener listenOn(NetworkLink link) {
    return listen(there.network(), Parameters.tcp().requireLink(link).localPort(PORT + 1));
  }

  private Listener listen(Network network, Parameters.Builder parameters) {
    return network
        .listener(parameters.build())
        .start((on, connection) -> connection.cancel(), there.queue());
  }

  private void listenerCancelledOnItsWay() {
    there.network().listener(Parameters.tcp().build()).cancel();
    listenOn(MemoryWire.LINK).cancel(); // starting
    pass(A_WHILE);
    Listener waiting = listenOn(new NetworkLink("wlan0", 7, LinkType.WIFI));
    pass(A_WHILE);
    waiting.cancel();
    pass(A_WHILE);
  }

  private void listenerWhoseLinkComesLate() {
    NetworkLink wifi = new NetworkLink("wlan0", 7, LinkType.WIFI);
    listenOn(wifi);
    pass(A_WHILE);
    there.links().put(wifi); // without an address
    pass(A_WHILE);
    there.transport().addLink(wifi, "10.1.0.2");
    there.links().put(wifi, "10.1.0.2");
    pass(A_WHILE);
  }

  private void listenerWhosePortIsTaken() {
    listenOn(MemoryWire.LOOPBACK);
    pass(A_WHILE);
    Listener failed = listenOn(MemoryWire.LOOPBACK);
    pass(A_WHILE);
    failed.cancel();
    pass(SHORT);
  }

  private void listenerWhoseAddressCannotBeBoundYet() {
    there.transport().bindable("10.0.0.2", false);
    listenOn(MemoryWire.LINK);
    pass(A_WHILE);
    there.transport().bindable("10.0.0.2", true);
    pass(A_WHILE);
    there.transport().addLink(MemoryWire.LINK, "10.0.0.22");
    there.transport().bindable("10.0.0.22", false);
    there.links().put(MemoryWire.LINK, "10.0.0.2", "10.0.0.22"); // one more that cannot be bound
    pass(LONG);
  }

  private void listenerWhoseAddressesChangeWhileItBinds() {
    Parameters.Builder onLink = Parameters.tcp().requireLink(MemoryWire.LINK);
    Network slow = flawed(there, Flaw.SLOW_PORTS);
    Listener listener = listen(slow, onLink);
    pass(A_WHILE);
    there.transport().addLink(MemoryWire.LINK, "10.0.0.22");
    there.links().put(MemoryWire.LINK, "10.0.0.2", "10.0.0.22");
    pass(LONG);
    listener.cancel();
    Listener cancelled = listen(slow, onLink);
    pass(A_WHILE);
    cancelled.cancel();
    Listener linkless = listen(slow, onLink);
    pass(A_WHILE);
    there.links().remove(MemoryWire.LINK.name());
    pass(LONG);
    linkless.cancel();
    pass(SHORT);
    room.close(slow);
  }

  private void listenerWhosePortIsLost() {
    Network losing = flawed(there, Flaw.LOST_PORTS);
    Listener anywhere = listen(losing, Parameters.tcp());
    Listener onLink = listen(losing, Parameters.tcp().requireLink(MemoryWire.LINK));
    pass(LONG);
    anywhere.cancel();
    onLink.cancel();
    pass(SHORT);
    room.close(losing);
  }

  // ---- browsers

  private Browser browse() {
    Browser browser = here.network().browser(ServiceType.tcp("scene"), Parameters.tcp().build());
    return browser.start((on, results, changes) -> {}, here.queue());
  }

  private void browserCancelledOnItsWay() {
    here.network().browser(ServiceType.tcp("scene"), Parameters.tcp().build()).cancel();
    browse().cancel();
    pass(SHORT);
    here.links().remove(MemoryWire.LINK.name()).remove(MemoryWire.LOOPBACK.name());
    Browser waiting = browse();
    pass(A_WHILE);
    waiting.cancel();
    pass(SHORT);
  }

  private void browserWhoseLinkComesLate() {
    here.links().remove(MemoryWire.LINK.name()).remove(MemoryWire.LOOPBACK.name());
    browse();
    pass(A_WHILE);
    here.links().put(MemoryWire.LINK, "10.0.0.1");
    pass(A_WHILE);
  }

  private void browserThatFailsWhileItWaits() {
    here.links().remove(MemoryWire.LINK.name()).remove(MemoryWire.LOOPBACK.name());
    Browser browser = browse();
    pass(A_WHILE);
    here.discovery().fail(new NetworkException("browsing fails on purpose"));
    pass(SHORT);
    browser.cancel();
    pass(SHORT);
  }
}
