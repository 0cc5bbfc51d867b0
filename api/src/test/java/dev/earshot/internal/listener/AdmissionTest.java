package dev.earshot.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Parameters;
import dev.earshot.testing.MemoryWire;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final InetAddress ADA = MemoryWire.address("10.0.0.1");
  private static final InetAddress BOB = MemoryWire.address("10.0.0.2");

  private final Admission admission =
      new Admission(Parameters.webSocket().maximumHandshakes(3, 2).build());

  @Test
  void oneAddressCannotTakeThePlacesOfTheOthers() {
    assertThat(admission.admit(ADA)).isEmpty();
    assertThat(admission.admit(ADA)).isEmpty();
    assertThat(admission.admit(ADA)).get().asString().contains("2 handshakes with that address");
    assertThat(admission.admit(BOB)).isEmpty();
    assertThat(admission.admit(BOB)).get().asString().contains("3 handshakes are in flight");
    assertThat(admission.refused()).isEqualTo(2);
  }

  @Test
  void whoIsThroughTheHandshakesMakesRoom() {
    admission.admit(ADA);
    admission.admit(ADA);
    admission.settled(ADA);
    assertThat(admission.admit(ADA)).isEmpty();
    assertThatThrownBy(() -> admission.settled(BOB)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theUsersLimitCountsThoseWhoAreLetInAndNotThoseInFlight() {
    admission.limit(2);
    assertThat(admission.admit(ADA)).isEmpty();
    admission.settled(ADA);
    assertThat(admission.isOpen()).isTrue();
    assertThat(admission.admit(ADA)).isEmpty();
    admission.settled(ADA);
    assertThat(admission.isOpen()).isFalse();
    assertThat(admission.admit(BOB)).isPresent();
    admission.limit(1);
    assertThat(admission.isOpen()).isTrue();
    assertThat(admission.admit(BOB)).isEmpty();
  }

  @Test
  void refusalsAreLoggedEverMoreRarely() {
    admission.limit(0);
    int lines = 0;
    for (int i = 0; i < 1_000_000; i++) {
      admission.admit(ADA);
      lines += admission.isWorthALine() ? 1 : 0;
    }
    assertThat(admission.refused()).isEqualTo(1_000_000);
    assertThat(lines).isEqualTo(20);
  }

  @Test
  void theCountsHoldForAnyOrderOfComingsAndGoings() {
    Random random = new Random(7);
    Map<InetAddress, Integer> model = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      InetAddress who = MemoryWire.address("10.0.1." + random.nextInt(5));
      int before = model.getOrDefault(who, 0);
      if (random.nextBoolean()) {
        int total = model.values().stream().mapToInt(Integer::intValue).sum();
        boolean admitted = admission.admit(who).isEmpty();
        assertThat(admitted).isEqualTo(total < 3 && before < 2);
        model.put(who, admitted ? before + 1 : before);
      } else if (before > 0) {
        admission.settled(who);
        model.put(who, before - 1);
      }
    }
  }
}
