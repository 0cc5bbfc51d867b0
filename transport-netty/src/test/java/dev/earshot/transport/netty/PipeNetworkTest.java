package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ContentMetadata;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Content through real sockets, over each kind of transport. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class PipeNetworkTest {
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();
  private static final Parameters TCP = Parameters.tcp().build();

  private final String natives;
  private Bench bench;

  PipeNetworkTest(String natives) {
    this.natives = natives;
  }

  @BeforeEach
  void open() {
    bench = new Bench(natives);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void messagesArriveBothWaysWithWhatTheyAre() throws Exception {
    Bench.Pair pair = bench.pair(WEB_SOCKET);
    pair.client().send("grüß dich");
    pair.client().send(Payload.wrap(new byte[] {1, 2}), SendOptions.DEFAULT);
    assertThat(pair.server().next())
        .isEqualTo(Received.message(Payload.utf8("grüß dich"), ContentMetadata.TEXT));
    assertThat(pair.server().next())
        .isEqualTo(Received.message(Payload.wrap(new byte[] {1, 2}), ContentMetadata.BINARY));
    pair.server().send("back");
    assertThat(pair.client().next().content().toUtf8String()).isEqualTo("back");
  }

  @Test
  void messagesOfEveryLengthArriveAsTheyWere() throws Exception {
    Bench.Pair pair = bench.pair(WEB_SOCKET);
    Random random = new Random(1);
    int[] lengths = {0, 1, 125, 126, 127, 65_535, 65_536, 65_537, 3_000_000};
    for (int length : lengths) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      Payload payload = Payload.wrap(bytes);
      pair.client().send(payload, SendOptions.DEFAULT);
      pair.server().send(payload, SendOptions.DEFAULT);
      assertThat(pair.server().next().content()).isEqualTo(payload);
      assertThat(pair.client().next().content()).isEqualTo(payload);
    }
  }

  @Test
  void closingDeliversWhatWasTakenAndEndsBothSides() throws Exception {
    Bench.Pair pair = bench.pair(WEB_SOCKET);
    for (int i = 0; i < 1_000; i++) {
      pair.client().send("message " + i);
    }
    pair.client().close();
    for (int i = 0; i < 1_000; i++) {
      assertThat(pair.server().next().content().toUtf8String()).isEqualTo("message " + i);
    }
    Received end = pair.server().next();
    assertThat(end.endOfStream()).isTrue();
    assertThat(end.metadata())
        .isEqualTo(
            new ContentMetadata.WebSocket(ContentMetadata.Opcode.CLOSE, OptionalInt.of(1000)));
    End.await(pair.client().closed);
    End.await(pair.server().closed);
  }

  @Test
  void streamsEndOneDirectionAtATime() throws Exception {
    Bench.Pair pair = bench.pair(TCP);
    byte[] question = new byte[700_000];
    new Random(2).nextBytes(question);
    pair.client().send(Payload.copyOf(question), SendOptions.FINAL);
    assertThat(pair.server().all()).isEqualTo(question);
    byte[] answer = new byte[900_000];
    new Random(3).nextBytes(answer);
    pair.server().send(Payload.copyOf(answer), SendOptions.FINAL);
    assertThat(pair.client().all()).isEqualTo(answer);
    End.await(pair.client().closed);
    End.await(pair.server().closed);
  }
}
