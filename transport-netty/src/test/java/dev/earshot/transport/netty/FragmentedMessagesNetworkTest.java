package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.FragmentedMessages;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import java.net.InetAddress;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages larger than a datagram, over real sockets. */
@Tag("network")
@Timeout(60)
@ParameterizedClass
@MethodSource("natives")
class FragmentedMessagesNetworkTest {
  private static final int SIZE = 100_000;

  @Parameter String natives;

  private final FragmentedMessages large = FragmentedMessages.create();
  private final Inbox inbox = new Inbox();

  static Stream<String> natives() {
    return Natives.names();
  }

  @Test
  void overUdp() throws Exception {
    oneArrives(Parameters.udp().build());
  }

  @Test
  void overDtls() throws Exception {
    oneArrives(Parameters.udp().security(Security.psk(PreSharedKey.random("x"))).build());
  }

  @Test
  void overTheDatagramsOfAGroup() throws Exception {
    try (QuicPair pair = new QuicPair(natives)) {
      ConnectionGroup group =
          pair.connect(QuicPair.options().datagrams().build(), new QuicPair.Side());
      Connection here = group.datagrams().start();
      Connection there = End.await(pair.arrival().datagrams().start().ready());
      large.messages(there, pair.network().clock()).subscribe(inbox);
      oneArrives(here);
    }
  }

  private void oneArrives(Parameters udp) throws Exception {
    try (Network network = Network.builder().transport(new QuicPair.Over(natives)).open()) {
      Listener listener =
          network.listener(udp.toBuilder().localAddress(InetAddress.getLoopbackAddress()).build());
      listener.start(
          (from, accepted) -> large.messages(accepted.start(), network.clock()).subscribe(inbox),
          Runnable::run);
      int port = End.await(listener.ready()).port().orElseThrow();
      oneArrives(network.connection(Endpoint.hostPort("127.0.0.1", port), udp).start());
    }
  }

  /** A few are sent, since of any one a datagram may be lost. */
  private void oneArrives(Connection connection) throws Exception {
    byte[] bytes = new byte[SIZE];
    new Random(5).nextBytes(bytes);
    Payload message = Payload.wrap(bytes);
    for (int i = 0; i < 5; i++) {
      End.await(large.send(connection, message));
    }
    assertThat(QuicPair.poll(inbox.messages)).isEqualTo(message);
  }

  /** Takes all. */
  private static final class Inbox implements Flow.Subscriber<Payload> {
    private final BlockingQueue<Payload> messages = new LinkedBlockingQueue<>();

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Payload message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onComplete() {}
  }
}
