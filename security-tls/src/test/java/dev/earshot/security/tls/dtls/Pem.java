package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.earshot.Identity;
import dev.earshot.security.tls.Identities;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Identities in files, made by the {@code openssl} command. */
final class Pem {
  private Pem() {}

  static Path certificate(Path directory, String name) {
    return directory.resolve(name + ".crt");
  }

  static Path key(Path directory, String name) {
    return directory.resolve(name + ".key");
  }

  /** A new identity with a key of {@code kind}, such as {@code rsa:2048}. */
  static Identity make(Path directory, String name, String kind)
      throws IOException, InterruptedException {
    boolean present = new ProcessBuilder("which", "openssl").start().waitFor() == 0;
    if ("true".equals(System.getProperty("earshot.ci"))) {
      assertThat(present).as("openssl is installed").isTrue();
    }
    assumeTrue(present, "openssl is not installed");
    List<String> command = new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey"));
    command.addAll(List.of(kind.split(" ")));
    command.addAll(
        List.of(
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/CN=" + name,
            "-keyout",
            key(directory, name).toString(),
            "-out",
            certificate(directory, name).toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return Identities.loadPem(certificate(directory, name), key(directory, name));
  }
}
