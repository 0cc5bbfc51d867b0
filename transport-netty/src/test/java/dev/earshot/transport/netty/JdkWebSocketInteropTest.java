package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ContentMetadata;
import dev.earshot.ContentMetadata.Opcode;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.WebSocketOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The JDK's WebSocket client, which was written by others, at our port. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class JdkWebSocketInteropTest {
  @Parameter String natives;

  private Bench bench;
  private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private WebSocket socket;
  private End end;

  @BeforeEach
  void open() throws Exception {
    bench = new Bench(natives);
    Parameters parameters =
        Parameters.webSocket(WebSocketOptions.builder().subprotocols("b", "a").build()).build();
    Bench.Door door = bench.listen(parameters);
    socket =
        End.await(
            HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("a", "b")
                .header("X-Name", "Ann")
                .buildAsync(
                    URI.create("ws://127.0.0.1:" + End.await(door.number) + "/some/path"),
                    new Ear()));
    end = door.next();
    End.await(end.ready);
  }

  @AfterEach
  void close() {
    socket.abort();
    bench.close();
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();
    private int bytes;

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        heard.add("text " + text);
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      bytes += data.remaining();
      if (last) {
        heard.add("binary " + bytes);
        bytes = 0;
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
      heard.add("pong " + message.remaining());
      from.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      heard.add("close " + code + " " + reason);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      heard.add("error " + error);
    }
  }

  private String heard() throws InterruptedException {
    return heard.poll(End.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void theUpgradeIsSeenFromBothSides() {
    assertThat(socket.getSubprotocol()).isEqualTo("b");
    assertThat(end.pipe().upgrade().orElseThrow().path()).isEqualTo("/some/path");
    assertThat(end.pipe().upgrade().orElseThrow().header("x-name")).contains("Ann");
    assertThat(end.pipe().upgrade().orElseThrow().subprotocol()).contains("b");
  }

  @Test
  void messagesGoBothWaysWholeAndInFragments() throws Exception {
    socket.sendText("grüße ", false).join();
    socket.sendPing(ByteBuffer.allocate(5)).join();
    socket.sendText("dich", true).join();
    byte[] bytes = new byte[300_000];
    new Random(5).nextBytes(bytes);
    socket.sendBinary(ByteBuffer.wrap(bytes, 0, 100_000), false).join();
    socket.sendBinary(ByteBuffer.wrap(bytes, 100_000, 200_000), true).join();
    assertThat(end.next())
        .isEqualTo(Received.message(Payload.utf8("grüße dich"), ContentMetadata.TEXT));
    assertThat(end.next()).isEqualTo(Received.message(Payload.wrap(bytes), ContentMetadata.BINARY));
    assertThat(heard()).isEqualTo("pong 5");
    end.send("κόσμε");
    end.send(Payload.wrap(bytes), SendOptions.DEFAULT);
    end.send(Payload.empty(), SendOptions.DEFAULT);
    assertThat(heard()).isEqualTo("text κόσμε");
    assertThat(heard()).isEqualTo("binary 300000");
    assertThat(heard()).isEqualTo("binary 0");
  }

  @Test
  void eitherSideMaySayFarewellFirst() throws Exception {
    socket.sendClose(4000, "enough").join();
    Received close = end.next();
    assertThat(close.metadata())
        .isEqualTo(new ContentMetadata.WebSocket(Opcode.CLOSE, OptionalInt.of(4000)));
    assertThat(close.content().toUtf8String()).isEqualTo("enough");
    End.await(end.closed);
    assertThat(heard()).startsWith("close 4000");
  }

  @Test
  void ourFarewellIsHeard() throws Exception {
    end.close();
    assertThat(heard()).isEqualTo("close 1000 ");
    End.await(end.closed);
  }
}
