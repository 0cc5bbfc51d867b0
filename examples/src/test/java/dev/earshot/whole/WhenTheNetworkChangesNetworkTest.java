package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.testing.NetworkNamespace;
import dev.earshot.whole.PathTable.Noticed;
import dev.earshot.whole.PathTable.Span;
import dev.earshot.whole.PathTable.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Links go down, addresses change, peers are killed and stopped, packets vanish: what connections
 * report then, and when, is what the guide says. On computers made of network namespaces.
 */
@Tag("network")
@Timeout(240)
class WhenTheNetworkChangesNetworkTest {
  private static final String LINK = "eth0";
  private static final Duration NOTICED = Duration.ofSeconds(5);

  /**
   * Of TCP by default: Linux sends the first probe after two seconds, or five after one that was
   * answered, and waits five for the answer of each of three.
   */
  private static final Noticed KEPT_ALIVE =
      new Noticed(Duration.ofSeconds(17), Duration.ofSeconds(20));

  /** Of QUIC by default. */
  private static final Noticed IDLE = new Noticed(Duration.ofSeconds(30), Duration.ofSeconds(30));

  private static final Duration DROPPED = Duration.ofSeconds(6);
  private static final Duration A_WHILE = PathTable.SOON.plusMillis(500);
  private static final Duration LONGER = DROPPED.plusMillis(2_500);

  /** What is done to the network. */
  private interface Event {
    void happen() throws Exception;
  }

  private static List<List<String>> watch(Event event, Duration time, View... views)
      throws Exception {
    long begun = System.nanoTime();
    event.happen();
    Span span = new Span(begun, System.nanoTime());
    PathLab.passSince(span.done(), time);
    return Arrays.stream(views).map(view -> view.row(span)).toList();
  }

  /** Plays the scenes at the same time, and joins what they brought in order. */
  private static List<List<String>> play(List<Callable<List<List<String>>>> scenes)
      throws Exception {
    ExecutorService players = Executors.newFixedThreadPool(scenes.size());
    try {
      List<List<String>> rows = new ArrayList<>();
      for (Future<List<List<String>>> scene : players.invokeAll(scenes)) {
        rows.addAll(scene.get());
      }
      return rows;
    } finally {
      players.shutdownNow();
    }
  }

  @Test
  @Tag("once")
  void whatConnectionsReportIsWhatTheGuideSays() throws Exception {
    NetworkNamespace.require("iptables", "python3");
    try (PathLab lab = new PathLab()) {
      PathLab.Computer server = lab.computer(LINK, "10.77.0.1");
      PathLab.Computer killed = lab.computer(LINK, "10.77.0.2");
      PathLab.Computer stopped = lab.computer(LINK, "10.77.0.3");
      PathLab.Computer removed = lab.computer(LINK, "10.77.0.4").tapped();
      PathLab.Computer down = lab.computer(LINK, "10.77.0.11");
      PathLab.Computer renumbered = lab.computer(LINK, "10.77.0.12").tapped();
      PathLab.Computer client = lab.computer(LINK, "10.77.0.13").tapped();
      PathLab.Computer deaf = lab.computer(LINK, "10.77.0.14").tapped();
      PathLab.Computer roaming = lab.computer("wlan0", "10.77.0.15");
      PathLab.Computer plain =
          lab.computer(LINK, "10.77.0.16", "-Ddev.earshot.transport=nio").tapped();
      server.listen(LINK, PathSettings.DEFAULTS);
      for (PathLab.Computer each : List.of(killed, stopped, removed)) {
        each.listen(LINK, PathSettings.KEEP_ALIVE);
      }
      PathTable.check(
          "changes",
          play(
              List.of(
                  () -> linkGoesDownAndUp(down, server),
                  () -> addressChanges(renumbered, server),
                  () -> betterLinkComesAndGoes(roaming, server),
                  () -> peerIsKilled(client, killed),
                  () -> peerIsStopped(client, stopped),
                  () -> linkOfThePeerIsRemoved(client, removed),
                  () -> packetsAreDropped(deaf, server),
                  () -> packetsAreDroppedWithoutNatives(plain, server),
                  () -> scopesAreKept(client, server))));
    }
  }

  @Test
  @Tag("soak")
  void whatConnectionsReportWhenPacketsVanishForLongIsWhatTheGuideSays() throws Exception {
    NetworkNamespace.require("iptables", "python3");
    try (PathLab lab = new PathLab()) {
      PathLab.Computer server = lab.computer(LINK, "10.77.0.1");
      PathLab.Computer usual = lab.computer(LINK, "10.77.0.11").tapped();
      PathLab.Computer patient = lab.computer(LINK, "10.77.0.12");
      server.listen(LINK, PathSettings.PATIENT);
      PathTable.check(
          "long",
          play(
              List.of(
                  () -> packetsVanishForLong(usual, server),
                  () -> packetsVanishForHalfAMinute(patient, server))));
    }
  }

  private static List<List<String>> packetsVanishForLong(
      PathLab.Computer here, PathLab.Computer server) throws Exception {
    here.connect("quiet", server, PathSettings.DEFAULTS);
    here.connect("busy", server, PathSettings.DEFAULTS);
    here.talk("busy");
    return cut(
        here,
        server,
        Duration.ofSeconds(40),
        new View(
            "For 40 s, by default, in silence",
            here,
            "quiet",
            transport -> transport.isTcp() ? KEPT_ALIVE : IDLE),
        new View("… while something is sent", here, "busy", Duration.ofSeconds(30)));
  }

  private static List<List<String>> packetsVanishForHalfAMinute(
      PathLab.Computer here, PathLab.Computer server) throws Exception {
    here.connect("busy", server, PathSettings.PATIENT);
    here.talk("busy");
    List<List<String>> rows =
        new ArrayList<>(
            cut(
                here,
                server,
                Duration.ofSeconds(30),
                new View(
                    "For 30 s, with dropTime of 60 s alone, while something is sent",
                    here,
                    "busy",
                    NOTICED)));
    long sent = 4 * Duration.ofSeconds(30).toSeconds(); // in that time, and then some more
    rows.addAll(
        watch(
            () -> {
              here.dropNothing();
              server.dropNothing();
            },
            Duration.ofSeconds(45), // the system sends again after ever longer pauses (RFC 6298)
            new View("… and then: all of it arrives", here, "busy", NOTICED)));
    for (PathTransport transport : PathTransport.values()) {
      if (transport.isReliable()) {
        assertThat(server.count(here.address(), transport)).as("%s", transport).isGreaterThan(sent);
      }
    }
    return rows;
  }

  private static List<List<String>> packetsAreDroppedWithoutNatives(
      PathLab.Computer here, PathLab.Computer server) throws Exception {
    here.connect("quiet", server, PathSettings.KEEP_ALIVE);
    return cut(
        here,
        server,
        LONGER,
        new View("… keep-alive, without the native transport", here, "quiet", NOTICED));
  }

  /** No row: what is told of a path by link-local addresses names the link at both ends. */
  private static List<List<String>> scopesAreKept(PathLab.Computer here, PathLab.Computer server)
      throws Exception {
    for (List<String> path : here.connectByLinkLocal(LINK, server)) {
      assertThat(path).allMatch(end -> end.matches("fe80:.*%(" + LINK + "|\\d+)"));
    }
    return List.of();
  }

  /** First what goes there: so what still comes here after that is little, and a sign of life. */
  private static List<List<String>> cut(
      PathLab.Computer here, PathLab.Computer there, Duration time, View... views)
      throws Exception {
    there.drop(here.address());
    return watch(() -> here.drop(there.address()), time, views);
  }

  private static List<List<String>> linkGoesDownAndUp(
      PathLab.Computer here, PathLab.Computer server) throws Exception {
    here.connect("kept", server, PathSettings.DEFAULTS);
    List<List<String>> rows =
        new ArrayList<>(
            watch(
                () -> here.ip("link", "set", LINK, "down"),
                A_WHILE,
                new View("The link goes down", here, "kept", NOTICED)));
    rows.addAll(
        watch(
            () -> here.begin("late", server, PathSettings.DEFAULTS),
            Duration.ofSeconds(2),
            new View("… a connection is started meanwhile", here, "late", NOTICED)));
    rows.addAll(
        watch(
            () -> here.ip("link", "set", LINK, "up"),
            A_WHILE,
            new View("… the link comes up again", here, "kept", NOTICED),
            new View("… for the one that was started meanwhile", here, "late", NOTICED)));
    return rows;
  }

  private static List<List<String>> addressChanges(PathLab.Computer here, PathLab.Computer server)
      throws Exception {
    here.connect("quiet", server, PathSettings.KEEP_ALIVE);
    return watch(
        () -> {
          here.ip("address", "del", here.address() + "/24", "dev", LINK);
          here.ip("address", "add", "10.77.0.112/24", "dev", LINK);
        },
        LONGER,
        new View("The link gets another address", here, "quiet", NOTICED));
  }

  private static List<List<String>> betterLinkComesAndGoes(
      PathLab.Computer here, PathLab.Computer server) throws Exception {
    here.connect("wireless", server, PathSettings.DEFAULTS);
    List<List<String>> rows =
        new ArrayList<>(
            watch(
                () -> here.cable("eth1", "10.78.0.15"),
                A_WHILE,
                new View("A cable is plugged in beside Wi-Fi", here, "wireless", NOTICED)));
    rows.addAll(
        watch(
            () -> here.ip("link", "set", "eth1", "down"),
            A_WHILE,
            new View("… and pulled out again", here, "wireless", NOTICED)));
    return rows;
  }

  private static List<List<String>> peerIsKilled(PathLab.Computer here, PathLab.Computer peer)
      throws Exception {
    here.connect("killed", peer, PathSettings.KEEP_ALIVE);
    return watch(
        () -> peer.signal("KILL"),
        LONGER,
        new View("The peer's program is killed", here, "killed", NOTICED));
  }

  private static List<List<String>> peerIsStopped(PathLab.Computer here, PathLab.Computer peer)
      throws Exception {
    here.connect("stopped", peer, PathSettings.KEEP_ALIVE);
    return watch(
        () -> peer.signal("STOP"),
        LONGER,
        new View("The peer's program is stopped", here, "stopped", NOTICED));
  }

  private static List<List<String>> linkOfThePeerIsRemoved(
      PathLab.Computer here, PathLab.Computer peer) throws Exception {
    here.connect("removed", peer, PathSettings.KEEP_ALIVE);
    return watch(
        () -> peer.ip("link", "delete", LINK),
        LONGER,
        new View("The link of the peer is removed", here, "removed", NOTICED),
        new View("… what the peer's end is told", peer, here.address(), NOTICED),
        new View("… what the peer's listener is told", peer, "listener", NOTICED));
  }

  private static List<List<String>> packetsAreDropped(
      PathLab.Computer here, PathLab.Computer server) throws Exception {
    here.connect("quiet", server, PathSettings.KEEP_ALIVE);
    here.connect("busy", server, PathSettings.DROP_TIME);
    here.talk("busy");
    return cut(
        here,
        server,
        LONGER,
        new View("No packet comes through; keep-alive of 1 s, 1 s, 4", here, "quiet", NOTICED),
        new View("… dropTime of 6 s, while something is sent", here, "busy", DROPPED));
  }
}
