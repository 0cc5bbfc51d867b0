package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.security.tls.interop.Row;
import dev.earshot.security.tls.interop.Row.Pairing;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;

/** Rows of the table of interoperability: datagrams with pre-shared keys. */
public final class DtlsRows {
  private static final String HEX =
      "3031323334353637383961626364656630313233343536373839616263646566";
  private static final String GNUTLS_PRIORITY = "NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+";

  private DtlsRows() {}

  /** All of them. */
  public static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    for (DtlsSuite suite : DtlsSuite.values()) {
      for (Role role : Role.values()) {
        rows.add(openSsl(suite, role));
        rows.add(gnuTls(suite, role));
        rows.add(jdk(suite, role));
      }
    }
    return rows;
  }

  private static Row openSsl(DtlsSuite suite, Role role) {
    Pairing what = pairing(suite, "OpenSSL 3.0", "openssl", role);
    String cipher =
        switch (suite) {
          case TLS_PSK_WITH_AES_128_GCM_SHA256 -> "PSK-AES128-GCM-SHA256";
          case TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256 -> "ECDHE-PSK-CHACHA20-POLY1305";
          default -> "";
        };
    if (cipher.isEmpty()) {
      return Row.cannot(
          what,
          "it does not know the suite",
          () ->
              assertThat(outputOf("openssl", "ciphers", "-stdname", "ALL:@SECLEVEL=0"))
                  .doesNotContain(suite.name()));
    }
    return Row.works(
        what,
        () -> {
          if (role == Role.SERVER) {
            accept(
                suite.name(),
                security(),
                port ->
                    List.of(
                        "openssl",
                        "s_client",
                        "-quiet",
                        "-dtls1_2",
                        "-connect",
                        "127.0.0.1:" + port,
                        "-cipher",
                        cipher,
                        "-psk_identity",
                        "kitchen",
                        "-psk",
                        HEX));
          } else {
            connect(
                suite.name(),
                security(),
                port ->
                    List.of(
                        "openssl",
                        "s_server",
                        "-quiet",
                        "-dtls1_2",
                        "-listen",
                        "-accept",
                        "127.0.0.1:" + port,
                        "-nocert",
                        "-cipher",
                        cipher,
                        "-psk",
                        HEX));
          }
        });
  }

  private static Row gnuTls(DtlsSuite suite, Role role) {
    String tool = role == Role.SERVER ? "gnutls-cli" : "gnutls-serv";
    Pairing what = pairing(suite, "GnuTLS 3.7", tool, role);
    if (suite == DtlsSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256) {
      return Row.cannot(
          what,
          "it does not know the suite",
          () -> assertThat(outputOf(tool, "--list")).doesNotContain("ECDHE_PSK_AES_128_GCM"));
    }
    boolean plain = suite == DtlsSuite.TLS_PSK_WITH_AES_128_GCM_SHA256;
    String priority = GNUTLS_PRIORITY + (plain ? "PSK" : "ECDHE-PSK") + ":+GROUP-ALL";
    if (role == Role.SERVER) {
      List<String> command =
          List.of("gnutls-cli", "--udp", "--pskusername", "kitchen", "--pskkey", HEX);
      return plain
          ? Row.works(
              what,
              () -> accept(suite.name(), security(), port -> gnuTlsClient(command, priority, port)))
          : Row.cannot(
              what,
              "`gnutls-cli` crashes once the handshake is over",
              () -> crash(port -> gnuTlsClient(command, priority, port)));
    }
    return Row.works(what, () -> echo(suite, priority));
  }

  private static List<String> gnuTlsClient(List<String> command, String priority, int port) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("--priority", priority, "-p", Integer.toString(port), "127.0.0.1"));
    return all;
  }

  private static Row jdk(DtlsSuite suite, Role role) {
    return Row.cannot(
        pairing(suite, "JDK 17 and 25", "java", role),
        "it has no pre-shared keys",
        () ->
            assertThat(
                    SSLContext.getInstance("DTLS").getProvider().getServices().stream()
                        .map(Object::toString))
                .noneMatch(service -> service.contains("_PSK_")));
  }

  /** What runs the other side, towards or on a port. */
  interface Command {
    List<String> with(int port);
  }

  static void accept(String suite, DatagramSecurity security, Command command) throws Exception {
    try (SocketDtls here = new SocketDtls(security)) {
      Process tool = start(command.with(here.port()));
      try {
        here.accept();
        talk(here, suite, tool);
      } finally {
        end(tool);
      }
    }
  }

  static void connect(String suite, DatagramSecurity security, Command command) throws Exception {
    int port = freePort();
    Process tool = start(command.with(port));
    try (SocketDtls here = new SocketDtls(security)) {
      awaitBound(port, tool);
      here.connect(port);
      talk(here, suite, tool);
    } finally {
      end(tool);
    }
  }

  private static void talk(SocketDtls here, String suite, Process tool) throws IOException {
    assertThat(here.flow().metadata().cipherSuite()).isEqualTo(suite);
    tool.getOutputStream().write("from the tool\n".getBytes(StandardCharsets.UTF_8));
    tool.getOutputStream().flush();
    here.runUntil(() -> here.contents.contains("from the tool\n"));
    here.say("from earshot\n");
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(tool.getInputStream(), StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.equals("from earshot")) {
      line = lines.readLine();
    }
    assertThat(line).isEqualTo("from earshot");
  }

  private static void echo(DtlsSuite suite, String priority) throws Exception {
    Path keys = Files.createTempFile("keys", ".psk");
    Files.writeString(keys, "kitchen:" + HEX + "\n");
    int port = freePort();
    Process tool =
        start(
            List.of(
                "gnutls-serv",
                "--udp",
                "--echo",
                "--pskpasswd",
                keys.toString(),
                "--priority",
                priority,
                "-p",
                Integer.toString(port)));
    try (SocketDtls here = new SocketDtls(security())) {
      awaitBound(port, tool);
      here.connect(port);
      assertThat(here.flow().metadata().cipherSuite()).isEqualTo(suite.name());
      here.say("echo");
      here.runUntil(() -> here.contents.contains("echo"));
    } finally {
      end(tool);
      Files.delete(keys);
    }
  }

  private static void crash(Command command) throws Exception {
    try (SocketDtls here = new SocketDtls(security())) {
      Process tool = start(command.with(here.port()));
      try {
        here.accept();
        assertThat(tool.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(tool.exitValue()).isGreaterThan(128); // by a signal
      } finally {
        end(tool);
      }
    }
  }

  private static PskDatagrams security() {
    PreSharedKey key = PreSharedKey.of("kitchen", HexFormat.of().parseHex(HEX));
    return new PskDatagrams(PskSource.anyIdentity(key), DtlsSuite.of(false));
  }

  static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  static void end(Process tool) {
    tool.destroyForcibly();
    tool.onExit().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static String outputOf(String... command) throws IOException {
    Process tool = start(List.of(command));
    return new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Waits until the tool listens: what is sent before that is sent again after a second only. */
  static void awaitBound(int port, Process tool) throws IOException {
    String local = ":%04X ".formatted(port);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!isBound(local)) {
      assertThat(tool.isAlive() && System.nanoTime() < end).as("it listens").isTrue();
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static boolean isBound(String local) throws IOException {
    for (Path table : List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"))) {
      if (!Files.exists(table)) {
        return true; // another system: the first datagram may be lost
      }
      if (Files.readString(table).contains(local)) {
        return true;
      }
    }
    return false;
  }

  static int freePort() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (DatagramSocket probe = new DatagramSocket(any)) {
      return probe.getLocalPort();
    }
  }

  private static Pairing pairing(DtlsSuite suite, String peer, String tool, Role role) {
    return new Pairing(
        "DTLS 1.2", "PSK", suite.name(), peer, tool, role == Role.SERVER ? "accepts" : "connects");
  }
}
