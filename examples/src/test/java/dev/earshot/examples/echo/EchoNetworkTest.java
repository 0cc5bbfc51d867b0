package dev.earshot.examples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.LinkType;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.examples.group.Group;
import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The two sides of the README find each other, on loopback only. */
@Tag("network")
class EchoNetworkTest {
  @Test
  void theTwoSidesOfTheReadmeWork() throws Exception {
    ExecutorService queue = Executors.newSingleThreadExecutor();
    try (Network network = Network.open()) {
      NetworkLink loopback =
          network.links().stream()
              .filter(link -> link.type() == LinkType.LOOPBACK)
              .findFirst()
              .orElseThrow();
      Parameters parameters =
          Group.parameters(new SecureRandom().generateSeed(32)).toBuilder()
              .requireLink(loopback)
              .build();
      try (Listener listener = EchoListener.listen(network, parameters, queue)) {
        listener.ready().get(10, TimeUnit.SECONDS);
        assertThat(EchoConnection.hello(network, parameters)).isEqualTo("hello");
      }
    } finally {
      queue.shutdown();
    }
  }
}
