package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.testing.NetworkNamespace;
import dev.earshot.testing.PeerProcess;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A neighbour who means ill, on a link that is made here. */
@Tag("network")
@Tag("once")
@Timeout(180)
class HostilePacketsNetworkTest {
  private static final String TYPE = "_earshot-test._tcp";
  private static final String LINK = "cable0";

  private final List<AutoCloseable> open = new ArrayList<>();
  private NetworkNamespace neighbours;
  private PeerProcess victim;
  private PeerProcess friend;

  @BeforeEach
  void setUp() throws Exception {
    NetworkNamespace.require();
    NetworkNamespace home = keep(NetworkNamespace.open("home"));
    neighbours = keep(NetworkNamespace.open("neighbours"));
    home.connect(LINK, neighbours);
    home.ip("addr", "add", "10.79.0.1/24", "dev", LINK);
    neighbours.ip("addr", "add", "10.79.0.2/24", "dev", LINK);
    neighbours.ip("addr", "add", "10.79.0.66/24", "dev", LINK);
    home.ip("link", "set", LINK, "up");
    neighbours.ip("link", "set", LINK, "up");
    victim = keep(home.start(MdnsPeer.command(TYPE, LINK)));
    friend = keep(neighbours.start(MdnsPeer.command(TYPE, LINK)));
    victim.awaitLine("ready");
    friend.awaitLine("ready");
    victim.send("browse");
    victim.send("advertise", "Victim", "4321");
    victim.awaitLine("registered", "Victim");
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
  void aFriendIsFoundInAFloodOfServicesThatDoNotExist() throws Exception {
    PeerProcess attack = keep(attack("flood"));
    friend.send("advertise", "Friend", "4322");

    victim.awaitLine("added", "Friend");
    assertThat(attack.awaitExit()).isZero();
    victim.send("resolve", "Friend");
    victim.awaitLine("resolved", line -> line.startsWith("resolved\tFriend\t"));
    assertThat(victim.lines().stream().filter(l -> l.startsWith("added\tfake")).count())
        .as("services of one sender")
        .isLessThanOrEqualTo(RecordStore.MAXIMUM_PER_SOURCE);
    stillServes();
  }

  @Test
  void brokenPacketsDoNoHarmAndMakeNoNoise() throws Exception {
    int before = victim.lines().size();
    assertThat(attack("names").awaitExit()).isZero();
    assertThat(attack("fuzz").awaitExit()).isZero();

    friend.send("advertise", "Friend", "4322");
    victim.awaitLine("added", "Friend");

    stillServes();
    List<String> since = victim.lines().subList(before, victim.lines().size());
    assertThat(since)
        .allMatch(line -> line.matches("(added|changed|removed|resolved|registered)\t.*"));
  }

  @Test
  void aForgedGoodbyeIsContradicted() throws Exception {
    friend.send("browse");
    friend.awaitLine("added", "Victim");

    assertThat(attack("goodbye", "Victim").awaitExit()).isZero();
    friend.send("advertise", "later", "4323"); // takes most of a second, as a goodbye does
    friend.awaitLine("added", "later");
    friend.send("withdraw", "later");
    friend.awaitLine("removed", "later");

    assertThat(friend.lines()).doesNotContain("removed\tVictim");
    stillServes();
  }

  @Test
  void whoClaimsTheNameOfALivingServiceDoesNotGetIt() throws Exception {
    assertThat(attack("takeover", "Victim").awaitExit()).isZero();

    friend.send("browse");
    friend.awaitLine("added", "Victim");
    stillServes();
    assertThat(victim.lines()).noneMatch(line -> line.startsWith("registered\tVictim ("));
  }

  /** It answers for what it advertises, from where it is. */
  private void stillServes() throws Exception {
    friend.send("resolve", "Victim");
    assertThat(friend.awaitLine("resolved", line -> line.startsWith("resolved\tVictim\t")))
        .matches(".*\t(10\\.79\\.0\\.1|fe80:\\S+) 4321.*")
        .doesNotContain("6666");
  }

  private PeerProcess attack(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(MdnsPeer.command(TYPE, LINK));
    command.set(command.indexOf(MdnsPeer.class.getName()), MdnsAttacker.class.getName());
    command.add("10.79.0.66");
    command.addAll(List.of(arguments));
    return neighbours.start(command);
  }
}
