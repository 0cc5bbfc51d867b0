package dev.earshot.security.tls.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.TlsVersion;
import dev.earshot.TrustEvaluator;
import dev.earshot.spi.SecurityProvider;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsSecurityProviderTest {
  private final SecurityProvider provider = new TlsSecurityProvider();

  @Test
  void preSharedKeysAreSupportedAndNothingElse() {
    assertThat(provider.supports(Security.psk(PreSharedKey.random("kitchen")))).isTrue();
    assertThat(provider.supports(Security.none())).isFalse();
    assertThatThrownBy(() -> provider.streamSecurity(Security.none()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** The class path knows services by a file, the module path by the module; both must agree. */
  @Test
  void theModuleAndTheServiceFileNameTheSameProvider() throws Exception {
    String service = SecurityProvider.class.getName();
    String listed;
    try (InputStream file =
        TlsSecurityProvider.class.getResourceAsStream("/META-INF/services/" + service)) {
      listed = new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
    List<String> provided =
        TlsSecurityProvider.class.getModule().getDescriptor().provides().stream()
            .filter(entry -> entry.service().equals(service))
            .flatMap(entry -> entry.providers().stream())
            .toList();

    assertThat(listed).isEqualTo(TlsSecurityProvider.class.getName());
    assertThat(provided).containsExactly(listed);
  }

  /** By a handshake with itself, which must not depend on whose keys and certificates are used. */
  @Test
  void everyKindOfProtectionCanBePrepared() {
    Security.Psk key = Security.psk(PreSharedKey.random("kitchen"));
    Security.Pki nobody = Security.pki(TrustEvaluator.system());
    for (Security security :
        List.of(key, key.versions(TlsVersion.TLS_1_3), nobody, nobody.requireTls13())) {
      assertThatNoException().isThrownBy(() -> provider.streamSecurity(security).prepare());
    }
    for (Security security : List.of(key, nobody)) {
      assertThatNoException().isThrownBy(() -> provider.datagramSecurity(security).prepare());
    }
  }
}
