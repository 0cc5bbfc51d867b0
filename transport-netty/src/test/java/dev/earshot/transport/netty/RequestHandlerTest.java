package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.RequestHandler;
import dev.earshot.UpgradeRequest;
import dev.earshot.UpgradeResponse;
import dev.earshot.WebSocketOptions;
import dev.earshot.testing.VirtualExecutor;
import dev.earshot.testing.VirtualLoop;
import dev.earshot.testing.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program answers to a request is what the peer gets, once, whatever the program does. */
class RequestHandlerTest {
  private static final Endpoint FROM = Endpoint.hostPort("192.0.2.1", 5);

  private final VirtualTime time = new VirtualTime();
  private final VirtualLoop loop = time.loop("a loop");
  private final VirtualExecutor queue = time.executor("a queue");
  private final ScriptedStage stage = new ScriptedStage();
  private final List<UpgradeRequest> asked = new ArrayList<>();
  private final List<String> outcomes = new ArrayList<>();
  private HttpUpgrade agreed;
  private byte[] rest;
  private NetworkException failure;
  private ServerUpgrade upgrade;

  private void request(Supplier<CompletionStage<UpgradeResponse>> answer, String... fields) {
    request(
        RequestHandler.of(
            request -> {
              asked.add(request);
              return answer.get();
            },
            queue),
        fields);
  }

  private void request(RequestHandler handler, String... fields) {
    WebSocketOptions options =
        WebSocketOptions.builder().subprotocols("v2", "v1").requestHandler(handler).build();
    UpgradeOutcome outcome =
        new UpgradeOutcome() {
          @Override
          public void agreed(HttpUpgrade upgrade, byte[] remaining) {
            outcomes.add("agreed");
            agreed = upgrade;
            rest = remaining;
          }

          @Override
          public void failed(NetworkException cause) {
            outcomes.add("failed");
            failure = cause;
          }
        };
    String head =
        "GET /room?id=7 HTTP/1.1\r\nHost: den:1\r\nOrigin: http://den\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + String.join("", fields)
            + "\r\n";
    loop.execute(
        () -> {
          ServerUpgrade.Meeting meeting =
              new ServerUpgrade.Meeting(options, FROM, Optional.empty(), loop);
          upgrade = new ServerUpgrade(stage, meeting, outcome);
          upgrade.begin();
          stage.arrive(head + "first frame");
        });
    time.runUntilIdle();
  }

  private static CompletionStage<UpgradeResponse> now(UpgradeResponse response) {
    return CompletableFuture.completedStage(response);
  }

  @Test
  void theHandlerSeesTheRequestAndItsHeadersReachThePeer() {
    UpgradeResponse response =
        UpgradeResponse.accept().withHeader("Set-Cookie", "a=1").withHeader("set-cookie", "b=2");
    request(() -> now(response), "Sec-WebSocket-Protocol: v1, v2\r\n", "Cookie: c\r\n");
    UpgradeRequest request = asked.get(0);
    assertThat(request.from()).isEqualTo(FROM);
    assertThat(request.protocol()).isEqualTo("websocket");
    assertThat(request.path()).isEqualTo("/room?id=7");
    assertThat(request.subprotocols()).containsExactly("v1", "v2");
    assertThat(request.headers()).containsOnlyKeys("host", "origin", "cookie");
    assertThat(request.header("Origin")).contains("http://den");
    assertThat(stage.text())
        .startsWith("HTTP/1.1 101 ")
        .contains("\r\nSec-WebSocket-Protocol: v2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n");
    assertThat(agreed.headers()).containsOnlyKeys("origin", "cookie");
    assertThat(agreed.responseHeaders()).isEqualTo(Map.of("set-cookie", List.of("a=1", "b=2")));
    assertThat(new String(rest, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("first frame");
    assertThat(outcomes).containsExactly("agreed");
  }

  @Test
  void theHandlerChoosesAmongTheSubprotocolsThatAreOffered() {
    UpgradeResponse response = UpgradeResponse.accept().withSubprotocol("other");
    request(() -> now(response), "Sec-WebSocket-Protocol: v1, other\r\n");
    assertThat(agreed.subprotocol()).contains("other");
    request(() -> now(response), "Sec-WebSocket-Protocol: v1\r\n");
    assertThat(stage.text()).contains("HTTP/1.1 500 Internal Server Error\r\n");
    assertThat(failure).hasMessageContaining("the subprotocol other, which was not offered");
  }

  @Test
  void theHandlerRefusesWithAStatusAndHeaders() {
    request(() -> now(UpgradeResponse.refuse(401).withHeader("WWW-Authenticate", "Bearer")));
    assertThat(stage.text())
        .startsWith(
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nConnection: close\r\n");
    assertThat(stage.calls).containsExactly("leave");
    assertThat(failure)
        .isInstanceOfSatisfying(
            HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UPGRADE_REFUSED))
        .hasMessageContaining("192.0.2.1")
        .hasMessageContaining("401");
  }

  @Test
  void theAnswerMayTakeItsTimeAndNothingIsReadMeanwhile() {
    CompletableFuture<UpgradeResponse> later = new CompletableFuture<>();
    request(() -> later);
    time.advance(Duration.ofSeconds(7));
    assertThat(stage.text()).isEmpty();
    assertThat(stage.reading).isFalse();
    later.complete(UpgradeResponse.accept());
    time.runUntilIdle();
    assertThat(outcomes).containsExactly("agreed");
    time.advance(Duration.ofSeconds(7));
    assertThat(outcomes).containsExactly("agreed");
  }

  @Test
  void anAnswerThatComesTooLateIsNone() {
    CompletableFuture<UpgradeResponse> later = new CompletableFuture<>();
    request(() -> later);
    time.advance(RequestHandler.DEFAULT_DEADLINE);
    assertThat(stage.text()).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
    later.complete(UpgradeResponse.accept());
    time.runUntilIdle();
    assertThat(outcomes).containsExactly("failed");
  }

  @Test
  void aHandlerThatIsStillThinkingWhenTheTimeForHandshakesIsOverIsNotWaitedFor() {
    CompletableFuture<UpgradeResponse> later = new CompletableFuture<>();
    request(() -> later);
    loop.execute(() -> upgrade.timedOut());
    time.runUntilIdle();
    assertThat(stage.text()).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
    later.complete(UpgradeResponse.accept());
    time.advance(RequestHandler.DEFAULT_DEADLINE);
    assertThat(outcomes).containsExactly("failed");
    assertThat(stage.text()).containsOnlyOnce("HTTP/1.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"throws", "null", "null later", "fails"})
  void aHandlerThatFailsLetsNobodyIn(String how) {
    request(
        () ->
            switch (how) {
              case "throws" -> throw new IllegalStateException("a program's mistake");
              case "null" -> null;
              case "null later" -> CompletableFuture.completedStage(null);
              default -> CompletableFuture.failedStage(new IOException("no database"));
            });
    assertThat(stage.text()).startsWith("HTTP/1.1 500 ").doesNotContain("mistake", "database");
    assertThat(outcomes).containsExactly("failed");
  }

  @Test
  void aQueueThatRefusesLetsNobodyIn() {
    request(
        RequestHandler.of(
            request -> now(UpgradeResponse.accept()),
            task -> {
              throw new RejectedExecutionException("shut down");
            }));
    assertThat(stage.text()).startsWith("HTTP/1.1 500 ");
    assertThat(outcomes).containsExactly("failed");
  }

  @Test
  void aPeerThatGoesWhileTheHandlerThinksIsToldOfOnce() {
    CompletableFuture<UpgradeResponse> later = new CompletableFuture<>();
    request(() -> later);
    loop.execute(() -> stage.fail(new IOException("Connection reset by peer")));
    time.runUntilIdle();
    later.complete(UpgradeResponse.accept());
    time.advance(RequestHandler.DEFAULT_DEADLINE);
    assertThat(outcomes).containsExactly("failed");
    assertThat(stage.text()).isEmpty();
  }

  @Test
  void aMalformedRequestIsNotAskedAbout() {
    request(() -> now(UpgradeResponse.accept()), "Transfer-Encoding: chunked\r\n");
    assertThat(asked).isEmpty();
    assertThat(stage.text()).startsWith("HTTP/1.1 400 ");
  }
}
