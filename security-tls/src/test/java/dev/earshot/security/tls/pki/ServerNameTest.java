package dev.earshot.security.tls.pki;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.ServiceType;
import dev.earshot.security.tls.psk.ClientHello;
import dev.earshot.spi.StreamSecurity.Role;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a client asks for (RFC 6066, section 3). */
class ServerNameTest {
  private static final Identity ADA = PkiPair.identity("Ada");

  @ParameterizedTest
  @CsvSource({"den.local, den.local", "den.local., den.local", "DEN, DEN"})
  void theNameOfAHostIsSent(String host, String sent) {
    byte[] name = sent.getBytes(StandardCharsets.US_ASCII);
    Optional<byte[]> extension = extension(Endpoint.hostPort(host, 4242));

    assertThat(extension).isPresent();
    // The lengths of the list and of the name, and between them the type.
    assertThat(extension.get()).startsWith(0, name.length + 3, 0, 0, name.length).endsWith(name);
    assertThat(extension.get()).hasSize(5 + name.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "fe80::1%eth0"})
  void addressesAreNoNames(String address) {
    assertThat(extension(Endpoint.hostPort(address, 4242))).isEmpty();
  }

  @Test
  void aServiceHasNoHostName() {
    assertThat(extension(Endpoint.bonjour("Den", ServiceType.tcp("echo")))).isEmpty();
  }

  private static Optional<byte[]> extension(Endpoint endpoint) {
    PkiSecurity security = new PkiSecurity(Security.pki(ADA, PkiPair.trusting(ADA)));
    PkiSide client = new PkiSide(security.open(Role.CLIENT, "the server", endpoint));
    client.begin();
    return ClientHello.extension(ClientHello.SERVER_NAME, client.takeOutput());
  }
}
