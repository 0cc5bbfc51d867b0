package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine commandLine = Earshot.commandLine();
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"demo", "chat", "send", "receive", "browse", "cat", "pair", "key", "identity"})
  void everyCommandHasHelp(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(out.toString()).contains("Usage: earshot " + command, "--help");
  }

  @Test
  void helpListsTheCommands() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains("demo", "chat", "send", "receive", "browse", "cat", "pair", "key", "identity")
        .doesNotContain("demo-peer");
  }

  @Test
  void wrongUsageIsExitCodeTwo() {
    assertThat(run("send")).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required parameter: 'FILE'");
    assertThat(run("nonsense")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cat",
        "cat den",
        "cat den 0",
        "cat den 70000",
        "cat den 80 --listen 81",
        "cat --listen 80 --bonjour Den",
        "cat --listen 70000 -s none",
        "cat --listen 80 --wait 1",
        "cat den 80 --keep",
        "cat den 80 --advertise Den",
        "cat den 80 --type _x._tcp",
        "cat --bonjour Den --type x -s none",
        "cat den 80 --quit-after -1",
        "cat den 80 --transport smoke",
        "cat den 80 --transport tcp --lines",
        "cat den 80 --transport tcp --path /",
        "cat den 80 --transport udp --text",
        "cat den 80 --path room",
        "cat den 80 --header nonsense",
        "cat den 80 --header Host:den",
        "cat den 80 --security none --key 00",
        "cat den 80 --security psk --pin key:00",
        "cat den 80 --pin 00",
        "cat den 80 --psk-identity hex:0",
        "cat den 80 --key 00 --key-file x",
        "cat den 80 --no-client-certificate",
        "cat --listen 80 --security pki",
        "cat den 80 --alpn x",
      })
  void catSaysWhatIsWrongWithItsOptions(String arguments) {
    assertThat(run(arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains("Usage: earshot cat");
    assertThat(err.toString().lines().findFirst().orElseThrow()).isNotBlank();
  }

  @Test
  void quicWantsCertificates() {
    for (String security : new String[] {"none", "psk"}) {
      assertThat(run("cat", "den", "80", "-t", "quic", "-s", security, "--wait", "1")).isEqualTo(2);
      assertThat(err.toString().lines().findFirst().orElseThrow()).contains("QUIC", "Security.pki");
    }
  }

  @Test
  void aMissingFileIsOneLineAndExitCodeOne() {
    assertThat(run("send", "no-such-file")).isEqualTo(1);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("earshot: ")
        .contains("no-such-file");
  }

  @Test
  void anErrorIsToldWithoutTheWrappingOfFutures() {
    HandshakeException cause =
        new HandshakeException(HandshakeException.Reason.WRONG_KEY, "the keys differ");
    assertThat(Earshot.explain(new ExecutionException(new CompletionException(cause))))
        .isEqualTo("the keys differ");
  }

  @Test
  void addressesHaveAHostAndAPort() {
    assertThat(SessionOptions.parse("10.0.0.7:4242"))
        .isEqualTo(Endpoint.hostPort("10.0.0.7", 4242));
    assertThat(SessionOptions.parse("[fe80::1%eth0]:80"))
        .isEqualTo(Endpoint.hostPort("fe80::1%eth0", 80));
    for (String text : new String[] {"", "host", ":80", "host:", "host:x", "host:70000"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SessionOptions.parse(text))
          .withMessageContaining("expected HOST:PORT");
    }
  }
}
