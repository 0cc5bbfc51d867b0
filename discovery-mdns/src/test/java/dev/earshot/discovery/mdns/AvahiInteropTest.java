package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.testing.NetworkNamespace;
import dev.earshot.testing.PeerProcess;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Avahi on one computer, we on another, and a cable between them; all of it made here. */
@Tag("network")
@Tag("once")
@Timeout(180)
class AvahiInteropTest {
  private static final String TYPE = "_earshot-test._tcp";
  private static final String LINK = "cable0";
  private static final List<String> NAMES =
      List.of(
          "plain",
          "v1.2 dotted.name",
          "Küche & Flur",
          "back\\slash",
          "日本 — 😀",
          "sixty-three bytes of a name, which is as long as one can be: ok");

  private final List<AutoCloseable> open = new ArrayList<>();
  private NetworkNamespace avahi;
  private NetworkNamespace ours;
  private PeerProcess peer;

  @BeforeEach
  void setUp() throws Exception {
    NetworkNamespace.require("avahi-daemon", "avahi-browse", "avahi-publish", "dbus-daemon");
    avahi = keep(NetworkNamespace.open("avahi-host"));
    ours = keep(NetworkNamespace.open("our-host"));
    avahi.connect(LINK, ours);
    up(avahi, "10.77.0.1/24");
    up(ours, "10.77.0.2/24");
    avahi.run("dbus-daemon", "--system", "--fork", "--nopidfile");
    avahi.run("avahi-daemon", "--no-drop-root", "--no-rlimits", "--no-chroot", "--daemonize");
    peer = peer();
  }

  private PeerProcess peer() throws Exception {
    PeerProcess made = keep(ours.start(MdnsPeer.command(TYPE, LINK)));
    made.awaitLine("ready");
    return made;
  }

  private static void up(NetworkNamespace where, String address) throws Exception {
    where.ip("addr", "add", address, "dev", LINK);
    where.ip("link", "set", LINK, "up");
  }

  private <T extends AutoCloseable> T keep(T closeable) {
    open.add(0, closeable);
    return closeable;
  }

  @AfterEach
  void tearDown() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  @Test
  void weSeeWhatAvahiPublishesWhateverItIsCalled() throws Exception {
    peer.send("browse");
    List<PeerProcess> publishers = new ArrayList<>();
    for (String name : NAMES) {
      publishers.add(publish(name, "5555", "colour=blue", "note=a b"));
    }
    for (String name : NAMES) {
      peer.awaitLine("added", name, "colour=blue", "note=a b");
      peer.send("resolve", name);
      String resolved =
          peer.awaitLine("resolved " + name, line -> line.startsWith("resolved\t" + name + "\t"));
      assertThat(resolved).contains("10.77.0.1 5555").contains("fe80:").contains("%");
    }

    publishers.forEach(PeerProcess::kill);

    for (String name : NAMES) {
      peer.awaitLine("removed", name);
    }
  }

  @Test
  void avahiSeesWhatWeAdvertiseWhateverItIsCalled() throws Exception {
    Browse browser = browse();
    for (String name : NAMES) {
      peer.send("advertise", name, "4321", "colour=blue", "note=a b");
    }
    for (String name : NAMES) {
      peer.awaitLine("registered", name);
      List<String> found = browser.awaitFound("=", name);
      assertThat(found.get(7)).isEqualTo("10.77.0.2");
      assertThat(found.get(8)).isEqualTo("4321");
      assertThat(found.get(9)).contains("\"colour=blue\"").contains("\"note=a b\"");
      peer.send("withdraw", name);
    }
    for (String name : NAMES) {
      browser.awaitFound("-", name);
    }
  }

  /** A computer that does other things too makes it longer at times, and never shorter. */
  @Test
  void closingSaysGoodbyeToAvahi() throws Exception {
    Browse browser = browse();
    int least = quit(browser, "Den");
    for (int tries = 1; tries < 5 && least >= 1_000; tries++) {
      peer = peer();
      least = Math.min(least, quit(browser, "Den " + tries));
    }
    assertThat(least).as("milliseconds").isLessThan(1_000);
  }

  /** How many milliseconds it took the peer, which was seen, to close. */
  private int quit(Browse browser, String name) throws Exception {
    peer.send("advertise", name, "4321");
    browser.awaitFound("+", name);

    peer.send("quit");

    browser.awaitFound("-", name);
    String closed = peer.awaitLine("closed", line -> line.startsWith("closed\t"));
    assertThat(peer.awaitExit()).isZero();
    return Integer.parseInt(closed.split("\t")[1]);
  }

  @Test
  void aChangedTxtRecordIsSeenByAvahi() throws Exception {
    peer.send("advertise", "Den", "4321", "mood=bad");
    peer.awaitLine("registered", "Den");

    peer.send("update", "Den", "mood=better");

    // Avahi may still hold the old one for a second, and tells what it holds.
    List<String> lines;
    do {
      lines = avahi.run("avahi-browse", "--terminate", "--parsable", "--resolve", TYPE);
    } while (lines.stream().noneMatch(line -> line.endsWith("\"mood=better\"")));
  }

  @Test
  void weYieldANameThatAvahiHas() throws Exception {
    peer.send("browse");
    publish("Owned", "5555");
    peer.awaitLine("added", "Owned");

    peer.send("advertise", "Owned", "4321");

    peer.awaitLine("registered", "Owned (2)");
    browse().awaitFound("+", "Owned (2)");
  }

  @Test
  void avahiYieldsANameThatWeHave() throws Exception {
    peer.send("advertise", "Mine", "4321");
    peer.awaitLine("registered", "Mine");

    PeerProcess publisher = publish("Mine", "5555");

    publisher.awaitLine("a new name", line -> line.contains("'Mine #2'"));
    assertThat(peer.lines()).noneMatch(line -> line.startsWith("unregistered"));
  }

  @Test
  void avahiStillGetsItsUnicastPacketsWhenWeShareItsComputer() throws Exception {
    publish("Avahi's", "5555").awaitLine("established", line -> line.startsWith("Established"));
    PeerProcess lodger = keep(avahi.start(MdnsPeer.command(TYPE, LINK)));
    lodger.awaitLine("ready");
    lodger.send("advertise", "Lodger", "4321");
    lodger.awaitLine("registered", "Lodger");

    for (int i = 1; i <= 5; i++) {
      peer.send("ask", "10.77.0.1", "Avahi's");
      peer.awaitLines(i, "an answer", "asked\t10.77.0.1\tanswered"::equals);
    }
  }

  private PeerProcess publish(String name, String port, String... txt) throws Exception {
    List<String> command = new ArrayList<>(List.of("avahi-publish", "-s", name, TYPE, port));
    command.addAll(List.of(txt));
    return keep(avahi.start(command));
  }

  private Browse browse() throws Exception {
    return new Browse(
        keep(
            avahi.start(
                List.of("avahi-browse", "--parsable", "--resolve", "--no-db-lookup", TYPE))));
  }

  /** Lines of {@code avahi-browse --parsable}. */
  private record Browse(PeerProcess process) {
    /** The fields of a line about {@code name} on IPv4: event, link, family, name, ... */
    List<String> awaitFound(String event, String name) throws InterruptedException {
      String line =
          process.awaitLine(
              event + " " + name,
              candidate -> {
                List<String> fields = fields(candidate);
                return fields.get(0).equals(event)
                    && fields.get(2).equals("IPv4")
                    && fields.get(3).equals(name);
              });
      return fields(line);
    }

    private static List<String> fields(String line) {
      List<String> fields = new ArrayList<>();
      for (String field : line.split(";", -1)) {
        fields.add(unescape(field));
      }
      while (fields.size() < 10) {
        fields.add("");
      }
      return fields;
    }

    /** Avahi writes a byte as a backslash and three decimal digits, or just with a backslash. */
    private static String unescape(String field) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] raw = field.getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < raw.length; i++) {
        if (raw[i] == '\\' && i + 3 < raw.length && Character.isDigit(raw[i + 1])) {
          bytes.write(Integer.parseInt(new String(raw, i + 1, 3, StandardCharsets.US_ASCII)));
          i += 3;
        } else if (raw[i] == '\\' && i + 1 < raw.length) {
          bytes.write(raw[++i]);
        } else {
          bytes.write(raw[i]);
        }
      }
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
