package dev.earshot.internal.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.LinkType;
import dev.earshot.spi.LinkSource.LinkState;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class SystemLinksTest {
  private final List<LinkState> links = new SystemLinks().links();

  @Test
  void loopbackIsThereAndUpAndKnownForWhatItIs() {
    assertThat(links)
        .anySatisfy(
            state -> {
              assertThat(state.link().type()).isEqualTo(LinkType.LOOPBACK);
              assertThat(state.up()).isTrue();
              assertThat(state.addresses()).anyMatch(InetAddress::isLoopbackAddress);
            });
  }

  @Test
  void linkLocalAddressesHaveAScopeAndOthersHaveNone() {
    assertThat(links)
        .flatMap(LinkState::addresses)
        .allSatisfy(
            address ->
                assertThat(address.getHostAddress().contains("%"))
                    .isEqualTo(address instanceof Inet6Address six && six.isLinkLocalAddress()));
  }

  @Test
  void everyLinkIsListedOnceWithItsIndex() {
    assertThat(links).extracting(state -> state.link().name()).doesNotHaveDuplicates();
    assertThat(links).extracting(state -> state.link().index()).doesNotHaveDuplicates();
  }
}
