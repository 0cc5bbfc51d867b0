package dev.earshot.internal.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.LinkType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkKindsTest {
  @TempDir private Path sysfs;

  @ParameterizedTest
  @CsvSource({
    "eth0, WIRED",
    "enp3s0, WIRED",
    "en0, WIRED",
    "wlan0, WIFI",
    "wlp2s0, WIFI",
    "wwan0, CELLULAR",
    "rmnet0, CELLULAR",
    "pdp_ip0, CELLULAR",
    "docker0, OTHER",
    "br-1f2e, OTHER",
    "virbr0, OTHER",
    "veth12ab, OTHER",
    "tun0, OTHER",
    "wg0, OTHER",
    "utun3, OTHER",
    "tailscale0, OTHER",
    "mystery, OTHER"
  })
  void withoutWordFromTheSystemTheNameSaysIt(String name, LinkType kind) {
    assertThat(new LinkKinds(sysfs).of(name, name)).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "wlan1, Intel(R) Wi-Fi 6 AX201 160MHz, WIFI",
    "net3, Realtek 802.11ac Wireless Adapter, WIFI",
    "eth4, Realtek PCIe GbE Family Controller, WIRED",
    "eth5, Hyper-V Virtual Ethernet Adapter, OTHER",
    "eth6, VMware Virtual Ethernet Adapter for VMnet8, OTHER",
    "net9, Generic Mobile Broadband Adapter, CELLULAR",
    "eth7, Something Unheard Of, WIRED"
  })
  void theDescriptionSaysMoreThanTheName(String name, String text, LinkType kind) {
    assertThat(new LinkKinds(sysfs).of(name, text)).isEqualTo(kind);
  }

  @Test
  void theSystemKnowsBest() throws IOException {
    Files.createDirectories(sysfs.resolve("eth0/wireless"));
    device("eth1", "DEVTYPE=wlan");
    device("eth2", "DEVTYPE=wwan");
    device("eth3", "DEVTYPE=bridge");
    device("eth4", "INTERFACE=eth4\nIFINDEX=4");
    LinkKinds kinds = new LinkKinds(sysfs);
    assertThat(kinds.of("eth0", "eth0")).isEqualTo(LinkType.WIFI);
    assertThat(kinds.of("eth1", "eth1")).isEqualTo(LinkType.WIFI);
    assertThat(kinds.of("eth2", "eth2")).isEqualTo(LinkType.CELLULAR);
    assertThat(kinds.of("eth3", "eth3")).isEqualTo(LinkType.OTHER);
    assertThat(kinds.of("eth4", "eth4")).isEqualTo(LinkType.WIRED);
  }

  private void device(String name, String uevent) throws IOException {
    Files.createDirectories(sysfs.resolve(name));
    Files.writeString(sysfs.resolve(name).resolve("uevent"), uevent + "\n");
  }
}
