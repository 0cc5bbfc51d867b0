package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Connection.State;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.HttpUpgrade;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.PreSharedKey;
import dev.earshot.RequestHandler;
import dev.earshot.Security;
import dev.earshot.UpgradeRequest;
import dev.earshot.UpgradeResponse;
import dev.earshot.WebSocketOptions;
import java.net.InetAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A listener whose program decides about each request, with what both sides see of it. */
@Tag("network")
class RequestHandlerNetworkTest {
  private static final long PATIENCE_SECONDS = 20;
  private static final Security SECURITY = Security.psk(PreSharedKey.of("den", new byte[32]));

  private final BlockingQueue<UpgradeRequest> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();
  private Network network;
  private Listener listener;

  @BeforeEach
  void listen() throws Exception {
    network = Network.open();
    // On threads of its own: neither the loop's nor the listener's.
    RequestHandler handler =
        RequestHandler.of(
            request -> CompletableFuture.supplyAsync(() -> answer(request)), Runnable::run);
    listener = network.listener(parameters(WebSocketOptions.builder().requestHandler(handler)));
    listener.start((from, connection) -> arrived.add(connection.start()), Runnable::run);
    listener.ready().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    network.close();
  }

  private static Parameters parameters(WebSocketOptions.Builder options) {
    return Parameters.webSocket(options.build())
        .security(SECURITY)
        .localAddress(InetAddress.getLoopbackAddress())
        .build();
  }

  private UpgradeResponse answer(UpgradeRequest request) {
    asked.add(request);
    return request.header("x-token").filter("right"::equals).isPresent()
        ? UpgradeResponse.accept().withSubprotocol("two").withHeader("X-Room", "7")
        : UpgradeResponse.refuse(401).withHeader("WWW-Authenticate", "Token");
  }

  private Connection connect(String token) {
    WebSocketOptions.Builder options =
        WebSocketOptions.builder()
            .path("/den?floor=1")
            .subprotocols("one", "two")
            .additionalHeader("X-Token", token);
    return network
        .connection(
            Endpoint.hostPort("127.0.0.1", listener.port().orElseThrow()), parameters(options))
        .start();
  }

  @Test
  void bothSidesSeeWhatWasAskedAndAnswered() throws Exception {
    Connection here = connect("right");
    here.ready().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    Connection there = arrived.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    there.ready().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    for (Connection side : new Connection[] {here, there}) {
      HttpUpgrade upgrade = side.upgrade().orElseThrow();
      assertThat(upgrade.path()).isEqualTo("/den?floor=1");
      assertThat(upgrade.header("X-Token")).contains("right");
      assertThat(upgrade.subprotocol()).contains("two");
      assertThat(upgrade.responseHeader("X-Room")).contains("7");
    }
    UpgradeRequest request = asked.remove();
    assertThat(request.from()).isEqualTo(there.endpoint());
    assertThat(request.security()).isEqualTo(there.securityMetadata()).isPresent();
    assertThat(request.header("host")).contains("127.0.0.1:" + listener.port().orElseThrow());
  }

  @Test
  void aRefusalReachesTheConnectingProgramAsItIs() throws Exception {
    Connection here = connect("wrong");
    CompletionStage<Throwable> failed =
        here.ready().handle((ready, failure) -> failure == null ? new Error() : failure);
    Throwable thrown = failed.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    assertThat(cause).isInstanceOf(HandshakeException.class);
    HandshakeException refused = (HandshakeException) cause;
    assertThat(refused.reason()).isEqualTo(HandshakeException.Reason.UPGRADE_REFUSED);
    assertThat(refused.refusal().orElseThrow().status()).isEqualTo(401);
    assertThat(refused.refusal().orElseThrow().header("www-authenticate")).contains("Token");
    assertThat(here.state()).isInstanceOf(State.Failed.class);
    Connection there = arrived.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(there.ready()).failsWithin(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(((State.Failed) there.state()).cause()).hasMessageContaining("401");
  }
}
