package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.spi.SecurityProvider;
import dev.earshot.spi.StreamSecurity;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** TLS with pre-shared keys under content, with the library's own engine. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class PskNetworkTest {
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();
  private static final Parameters TCP = Parameters.tcp().build();
  private static final PreSharedKey KEY = PreSharedKey.random("kitchen");

  @Parameter String natives;

  private Bench bench;

  @BeforeEach
  void open() {
    bench = new Bench(natives);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private static StreamSecurity with(PreSharedKey key) {
    PskNetworkTest.class.getModule().addUses(SecurityProvider.class); // of this module's tests
    return ServiceLoader.load(SecurityProvider.class)
        .findFirst()
        .orElseThrow()
        .streamSecurity(Security.psk(key));
  }

  private Bench.Door listen(Parameters parameters) {
    return bench.listen(List.of(Bench.local(0)), parameters, Optional.of(with(KEY)));
  }

  private End dial(Bench.Door door, Parameters parameters, PreSharedKey key) {
    End end = new End(bench.transport.nextLoop());
    return bench.dial(end, End.await(door.number), parameters, Optional.of(with(key)));
  }

  private Bench.Pair pair(Parameters parameters) throws InterruptedException {
    Bench.Door door = listen(parameters);
    End client = dial(door, parameters, KEY);
    End server = door.next();
    End.await(client.ready);
    End.await(server.ready);
    return new Bench.Pair(client, server);
  }

  @Test
  void messagesArriveBothWays() throws Exception {
    Bench.Pair pair = pair(WEB_SOCKET);
    assertThat(pair.server().pipe().securityMetadata().orElseThrow().pskIdentity())
        .contains(Payload.utf8("kitchen"));
    byte[] bytes = new byte[1_000_000];
    new Random(1).nextBytes(bytes);
    Payload payload = Payload.wrap(bytes);
    for (int i = 0; i < 20; i++) {
      pair.client().send("small");
      pair.client().send(payload, SendOptions.DEFAULT);
      pair.server().send(payload, SendOptions.DEFAULT);
    }
    for (int i = 0; i < 20; i++) {
      assertThat(pair.server().next().content().toUtf8String()).isEqualTo("small");
      assertThat(pair.server().next().content()).isEqualTo(payload);
      assertThat(pair.client().next().content()).isEqualTo(payload);
    }
    pair.client().close();
    End.await(pair.client().closed);
    End.await(pair.server().closed);
  }

  @Test
  void streamsEndOneDirectionAtATime() throws Exception {
    Bench.Pair pair = pair(TCP);
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

  @Test
  void aWrongKeyIsToldToBothSides() throws Exception {
    Bench.Door door = listen(WEB_SOCKET);
    End client = dial(door, WEB_SOCKET, PreSharedKey.random("kitchen"));
    assertThat(End.await(client.failed)).is(failedFor(Reason.WRONG_KEY));
    assertThat(End.await(door.next().failed)).is(failedFor(Reason.WRONG_KEY));
  }

  @Test
  void anUnknownIdentityIsToldOnlyWhereItIsUnknown() throws Exception {
    Bench.Door door = listen(WEB_SOCKET);
    End client = dial(door, WEB_SOCKET, PreSharedKey.random("attic"));
    assertThat(End.await(client.failed)).is(failedFor(Reason.WRONG_KEY));
    assertThat(End.await(door.next().failed)).is(failedFor(Reason.UNKNOWN_IDENTITY));
  }

  @Test
  void aSideThatIsNotSecuredIsToldToBothSides() throws Exception {
    Bench.Door door = listen(WEB_SOCKET);
    End client = bench.dial(End.await(door.number), WEB_SOCKET);
    assertThat(End.await(client.failed)).is(failedFor(Reason.TLS_PEER));
    assertThat(End.await(door.next().failed)).is(failedFor(Reason.PLAINTEXT_PEER));
    Bench.Door plain = bench.listen(WEB_SOCKET);
    End secured = dial(plain, WEB_SOCKET, KEY);
    assertThat(End.await(secured.failed)).is(failedFor(Reason.PLAINTEXT_PEER));
    assertThat(End.await(plain.next().failed)).is(failedFor(Reason.TLS_PEER));
  }

  private static Condition<Throwable> failedFor(Reason reason) {
    return new Condition<>(
        cause -> cause instanceof HandshakeException e && e.reason() == reason,
        "a failed handshake for " + reason);
  }
}
