package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Browser;
import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResultMergeTest {
  private static final ServiceType TYPE = ServiceType.tcp("chat");
  private static final NetworkLink ETH = new NetworkLink("eth0", 2, LinkType.WIRED);
  private static final NetworkLink WIFI = new NetworkLink("wlan0", 3, LinkType.WIFI);
  private static final TxtRecord OLD = TxtRecord.of(Map.of("v", "old"));
  private static final TxtRecord NEW = TxtRecord.of(Map.of("v", "new"));

  @Test
  void oneServiceOnTwoLinksIsOneResultWithBoth() {
    Set<Browser.Result> results =
        ResultMerge.merge(TYPE, List.of(found("Den", OLD, ETH, 1), found("Den", OLD, WIFI, 2)));

    assertThat(results)
        .singleElement()
        .satisfies(r -> assertThat(r.links()).containsExactlyInAnyOrder(ETH, WIFI));
  }

  @Test
  void bothFamiliesOfALinkAreOneLink() {
    assertThat(
            ResultMerge.merge(TYPE, List.of(found("Den", OLD, ETH, 1), found("Den", OLD, ETH, 2))))
        .singleElement()
        .satisfies(r -> assertThat(r.links()).containsExactly(ETH));
  }

  @Test
  void theTxtRecordThatWasHeardLastCounts() {
    assertThat(
            ResultMerge.merge(TYPE, List.of(found("Den", NEW, WIFI, 2), found("Den", OLD, ETH, 1))))
        .extracting(Browser.Result::txtRecord)
        .containsExactly(NEW);
    assertThat(
            ResultMerge.merge(TYPE, List.of(found("Den", OLD, ETH, 1), found("Den", NEW, WIFI, 2))))
        .extracting(Browser.Result::txtRecord)
        .containsExactly(NEW);
  }

  @Test
  void namesThatDifferInCaseAreOneAndKeepOneSpelling() {
    Set<Browser.Result> once =
        ResultMerge.merge(TYPE, List.of(found("DEN", OLD, ETH, 1), found("den", OLD, WIFI, 2)));
    Set<Browser.Result> again =
        ResultMerge.merge(TYPE, List.of(found("DEN", OLD, ETH, 3), found("den", OLD, WIFI, 2)));

    assertThat(once).hasSize(1).isEqualTo(again);
  }

  @Test
  void differentServicesStayApart() {
    assertThat(
            ResultMerge.merge(TYPE, List.of(found("Den", OLD, ETH, 1), found("Loft", OLD, ETH, 1))))
        .extracting(r -> r.endpoint().toString())
        .containsExactlyInAnyOrder("Den._chat._tcp.local.", "Loft._chat._tcp.local.");
  }

  private static ResultMerge.Found found(String name, TxtRecord txt, NetworkLink link, long at) {
    return new ResultMerge.Found(name, ServiceNames.of(name, TYPE), txt, link, at);
  }
}
