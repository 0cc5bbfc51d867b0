package dev.earshot.testing;

import dev.earshot.Identity;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** An identity to show where one has to be, and nobody looks at it. */
public final class MemoryIdentity {
  /** Made by openssl, as the key was. */
  public static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBdDCCARmgAwIBAgIUSJS2BmWrK4jKIAWbJocm2jn9i3UwCgYIKoZIzj0EAwIw
      DjEMMAoGA1UEAwwDRGVuMCAXDTI2MTEyMzAyMTc1M1oYDzIxMjYxMDMwMDIxNzUz
      WjAOMQwwCgYDVQQDDANEZW4wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARUECmO
      p3S92gzG4C1ksa/dzX/SsuUgB184xLcl/kSOgXU2zuOq0wHrKH+2dT6us6cnsYMu
      xoE837V1TcnCasCuo1MwUTAdBgNVHQ4EFgQU5k7Hl3AwizlTQgIc4DXnFQrNFCsw
      HwYDVR0jBBgwFoAU5k7Hl3AwizlTQgIc4DXnFQrNFCswDwYDVR0TAQH/BAUwAwEB
      /zAKBggqhkjOPQQDAgNJADBGAiEAwAo/kN5MHsNcPfIntHPa+N7+WNx5tiaPEBqR
      CxovGPgCIQCd8DYPIyFoL+4ZTYHmAkA4m2Ah3QY6gHs/Cfnb0R3elA==
      -----END CERTIFICATE-----
      """;

  /** Its key, as PKCS #8 in Base64. */
  public static final String KEY =
      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvpewlmcS9OYnIWZ+ZyA8CSND"
          + "ho9S5Kfw1ufbJfFvfaihRANCAARUECmOp3S92gzG4C1ksa/dzX/SsuUgB184xLcl/kSOgXU2"
          + "zuOq0wHrKH+2dT6us6cnsYMuxoE837V1TcnCasCu";

  private MemoryIdentity() {}

  /** The one that there is. */
  public static Identity make() {
    try {
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(KEY)));
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(CERTIFICATE.getBytes(StandardCharsets.US_ASCII)));
      return Identity.of(key, List.of(certificate));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("an identity that was good when it was made", e);
    }
  }
}
