package dev.earshot.security.tls.psk;

import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.TlsVersion;
import dev.earshot.spi.StreamSecurity.Role;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;

/** Two sides of one connection in memory, and the bytes between them. Not thread-safe. */
final class EnginePair {
  static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  final EngineSide client;
  final EngineSide server;

  EnginePair(Security.Psk client, Security.Psk server) {
    this(new PskSecurity(client), new PskSecurity(server));
  }

  private EnginePair(PskSecurity client, PskSecurity server) {
    this.client = new EngineSide(client.open(Role.CLIENT, "the server"));
    this.server = new EngineSide(server.open(Role.SERVER, "the client"));
  }

  /** Both sides with the same key, and a client that offers one suite only. */
  static EnginePair ofSuite(PskSuite suite) {
    return ofSuite(suite, PskSource.of(key("kitchen")), PskSource.of(key("kitchen")));
  }

  /** A client that offers one suite only. */
  static EnginePair ofSuite(PskSuite suite, PskSource client, PskSource server) {
    return new EnginePair(
        new PskSecurity(client, PskTerms.of(List.of(suite)), new SecureRandom()),
        new PskSecurity(anyVersion(server)));
  }

  /** With TLS 1.3 and TLS 1.2. */
  static Security.Psk anyVersion(PskSource keys) {
    return Security.psk(keys).versions(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2);
  }

  static EnginePair ofKeys(PreSharedKey client, PreSharedKey server) {
    return new EnginePair(Security.psk(client), Security.psk(server));
  }

  static EnginePair ofSources(PskSource client, PskSource server) {
    return new EnginePair(Security.psk(client), Security.psk(server));
  }

  /** Both sides with the same key. */
  static EnginePair plain() {
    return ofKeys(key("kitchen"), key("kitchen"));
  }

  static PreSharedKey key(String identity) {
    return PreSharedKey.of(identity, KEY);
  }

  /** Carries bytes to and fro until neither side has more to say. */
  EnginePair exchange() {
    Side.exchange(client, server);
    return this;
  }
}
