package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.earshot.Connection;
import dev.earshot.ContentMetadata;
import dev.earshot.ContentMetadata.Opcode;
import dev.earshot.Identity;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.WebSocketOptions;
import dev.earshot.security.tls.Identities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page in a browser talks with a listener, without protection and with a certificate. */
@Tag("network")
class ChromiumInteropTest {
  private static final Path PAGE = Path.of("src/test/interop/page.html");
  private static final int LARGE = 16 << 20;
  private static final int MANY = 1_000;

  @TempDir private Path profile;

  private static String chromium() {
    return ForeignProgram.require(
        "Chromium", List.of("chromium", "chromium-browser", "google-chrome"), "--version");
  }

  private ForeignProgram open(String browser, String page, Identity trusted) {
    String key =
        Base64.getEncoder().encodeToString(trusted.keyFingerprint().digest().toByteArray());
    return ForeignProgram.run(
        List.of(
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--ignore-certificate-errors-spki-list=" + key,
            "--user-data-dir=" + profile,
            "--remote-debugging-port=0", // or it would leave once the page has been loaded
            page),
        profile);
  }

  /** Serves the page, since a page from a file may not talk with everybody. */
  private static HttpServer serve() throws IOException {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    byte[] page = Files.readAllBytes(PAGE);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void aPageTalksWithAListener() throws Exception {
    String browser = chromium();
    Identity identity = Identities.minting("Den").host("127.0.0.1").mint();
    Parameters.Builder plain =
        Parameters.webSocket(WebSocketOptions.builder().subprotocols("chat").build());
    Parameters.Builder certified =
        plain.build().toBuilder().security(Security.pki(identity).withoutClientCertificate());
    HttpServer server = serve();
    try (Loopback open = Loopback.listen(plain);
        Loopback closed = Loopback.listen(certified);
        ForeignProgram page =
            open(browser, address(server, open.port(), closed.port()), identity)) {
      Connection first = open.accepted().start();
      assertThat(text(first)).as("%s", page.output()).isEqualTo("hello ☃ chat");
      assertThat(first.upgrade().orElseThrow().header("Origin"))
          .hasValue("http://127.0.0.1:" + server.getAddress().getPort());
      exchange(first);
      theyClose(first);

      Connection second = closed.accepted().start();
      // Our answer has the code, not the reason, and the browser tells the answer.
      assertThat(text(second)).isEqualTo("3001 '' true chat");
      assertThat(second.securityMetadata().orElseThrow().protocol()).isEqualTo("TLSv1.3");
      exchange(second);
      ContentMetadata farewell = new ContentMetadata.WebSocket(Opcode.CLOSE, OptionalInt.of(4321));
      Eventually.get(second.send(Payload.utf8("so long"), new SendOptions(farewell, true)));
      assertThat(Eventually.get(second.receiveMessage()).endOfStream()).isTrue();

      assertThat(text(open.accepted().start())).isEqualTo("4321 'so long' true chat");
    } finally {
      server.stop(0);
    }
  }

  private static String address(HttpServer server, int plain, int certified) {
    String page = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    String first = "ws://127.0.0.1:" + plain + "/";
    return page
        + "?address="
        + first
        + "&address=wss://127.0.0.1:"
        + certified
        + "/&address="
        + first;
  }

  private static String text(Connection connection) {
    Received received = Eventually.get(connection.receiveMessage());
    assertThat(received.metadata()).isEqualTo(ContentMetadata.TEXT);
    return received.content().toUtf8String();
  }

  /** What is sent comes back: text, a large message, a ping, and many small ones. */
  private static void exchange(Connection connection) {
    Eventually.get(connection.send(Payload.utf8("grüße 𝄞"), SendOptions.TEXT));
    assertThat(text(connection)).isEqualTo("grüße 𝄞");

    byte[] bytes = new byte[LARGE];
    new Random(1).nextBytes(bytes);
    Eventually.get(connection.send(Payload.copyOf(bytes)));
    Received large = Eventually.get(connection.receiveMessage());
    assertThat(large.content().equals(Payload.wrap(bytes))).isTrue();

    ContentMetadata ping = new ContentMetadata.WebSocket(Opcode.PING, OptionalInt.empty());
    Eventually.get(connection.send(Payload.utf8("marco"), new SendOptions(ping, false)));
    Received pong = Eventually.get(connection.receiveMessage());
    assertThat(pong.metadata())
        .isEqualTo(new ContentMetadata.WebSocket(Opcode.PONG, OptionalInt.empty()));

    List<String> numbers = IntStream.range(0, MANY).mapToObj(String::valueOf).toList();
    for (String number : numbers) {
      Eventually.get(connection.send(Payload.utf8(number), SendOptions.TEXT));
    }
    assertThat(numbers.stream().map(sent -> text(connection)).toList()).isEqualTo(numbers);
  }

  private static void theyClose(Connection connection) {
    Eventually.get(connection.send(Payload.utf8("close"), SendOptions.TEXT));
    Received end = Eventually.get(connection.receiveMessage());
    assertThat(end.endOfStream()).isTrue();
    assertThat(end.metadata())
        .isEqualTo(new ContentMetadata.WebSocket(Opcode.CLOSE, OptionalInt.of(3001)));
    assertThat(end.content().toUtf8String()).isEqualTo("good night");
  }
}
