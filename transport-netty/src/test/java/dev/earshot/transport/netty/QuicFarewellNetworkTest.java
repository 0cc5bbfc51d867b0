package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.Received;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The packet that ends a group gets lost on its way. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class QuicFarewellNetworkTest {
  @Parameter String natives;

  private QuicPair pair;

  @BeforeEach
  void open() {
    pair = new QuicPair(natives);
  }

  @AfterEach
  void close() {
    pair.close();
  }

  static Stream<Arguments> ends() {
    Consumer<ConnectionGroup> cancel = ConnectionGroup::cancel;
    Consumer<ConnectionGroup> force = ConnectionGroup::forceCancel;
    return Stream.of(
        Arguments.of("dialling side cancels", true, cancel),
        Arguments.of("dialling side cancels by force", true, force),
        Arguments.of("listening side cancels", false, cancel),
        Arguments.of("listening side cancels by force", false, force));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ends")
  void thePeerIsToldAllTheSame(String name, boolean dialler, Consumer<ConnectionGroup> end)
      throws Exception {
    QuicOptions options = QuicPair.options().idleTimeout(Duration.ofMinutes(5)).build();
    int port = pair.listen(QuicPair.parameters(QuicPair.DEN, QuicPair.LAB, options));
    try (UdpRelay relay = new UdpRelay(port)) {
      Parameters parameters = QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, options);
      ConnectionGroup here =
          End.await(pair.dial(relay.port(), parameters, new QuicPair.Side()).ready());
      ConnectionGroup there = End.await(pair.arrival().ready());
      Connection stream = here.openStream().start();
      stream.send(Payload.utf8("a word"));
      Connection streamThere = pair.listening().next();
      assertThat(End.await(streamThere.receive(6, 6)).content()).isEqualTo(Payload.utf8("a word"));

      CompletableFuture<Received> waiting = (dialler ? streamThere : stream).receive(1, 1);
      relay.loseWhatIsNew();
      end.accept(dialler ? here : there);

      Throwable failure = End.await(waiting.handle((received, cause) -> cause));
      assertThat(failure).isInstanceOf(NetworkException.class);
    }
  }
}
