package dev.earshot.security.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.earshot.Fingerprint;
import dev.earshot.Identity;
import dev.earshot.security.tls.Identities.Encryption;
import dev.earshot.security.tls.Identities.KeyType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IdentitiesTest {
  private static final char[] PASSWORD = "pass word".toCharArray();

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void aMintedCertificateIsItsOwnAuthorityAndSaysWhoseItIs(KeyType type) throws Exception {
    Identity identity =
        Identities.minting("Ada's Mac, ünicode")
            .keyType(type)
            .host("den.local")
            .host("192.168.1.7")
            .host("fe80::1")
            .mint();

    X509Certificate certificate = identity.certificate();
    certificate.verify(certificate.getPublicKey());
    certificate.checkValidity();
    assertThat(identity.subject()).isEqualTo("CN=Ada's Mac\\, ünicode");
    assertThat(certificate.getSerialNumber().signum()).isPositive();
    assertThat(certificate.getVersion()).isEqualTo(3);
    assertThat(certificate.getBasicConstraints()).as("no authority over others").isEqualTo(-1);
    assertThat(certificate.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(
            certificate.getSubjectAlternativeNames().stream()
                .map(name -> (String) name.get(1))
                .collect(Collectors.toList()))
        .containsExactly("den.local", "192.168.1.7", "fe80:0:0:0:0:0:0:1");
  }

  @Test
  void noTwoIdentitiesAreAlike() {
    Set<Fingerprint> keys =
        Set.of(Identities.mint("A").keyFingerprint(), Identities.mint("A").keyFingerprint());

    assertThat(keys).hasSize(2);
    assertThat(Identities.mint("A").certificate().getSerialNumber())
        .isNotEqualTo(Identities.mint("A").certificate().getSerialNumber());
  }

  @Test
  void validityBeginsADayAgoForClocksThatAreSlow() {
    Instant now = Instant.now();
    X509Certificate certificate =
        Identities.minting("A").validity(Duration.ofDays(2)).mint().certificate();

    assertThat(certificate.getNotBefore().toInstant())
        .isBetween(now.minus(Duration.ofDays(1)).minusSeconds(2), now.minus(Duration.ofHours(23)));
    assertThat(certificate.getNotAfter().toInstant())
        .isBetween(now.plus(Duration.ofDays(2)).minusSeconds(2), now.plus(Duration.ofHours(49)));
  }

  @Test
  void namesThatNobodyCouldReadAreRefused() {
    for (String name : List.of("", " ", "x".repeat(65), "a\u001bb")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Identities.minting(name))
          .withMessage("the name of an identity has 1 to 64 characters and no controls");
    }
    for (String host : List.of("", "a b", "x..y", "-a", "1.2.3.4/8", "*.den.local")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Identities.minting("A").host(host))
          .withMessage("'" + host + "' is no host name and no address");
    }
  }

  @ParameterizedTest
  @EnumSource(Encryption.class)
  void whatIsStoredIsLoadedAgainAndOnlyItsOwnerCanReadTheFile(Encryption encryption)
      throws Exception {
    for (KeyType type : KeyType.values()) {
      Identity identity = Identities.minting("Den").keyType(type).mint();
      Path file = folder.resolve(type + ".p12");

      Identities.store(identity, file, PASSWORD, encryption);

      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      Identity loaded = Identities.load(file, PASSWORD);
      assertThat(loaded.chain()).isEqualTo(identity.chain());
      // Which takes only the certificate's own key, however it is encoded.
      assertThat(Identity.of(loaded.privateKey(), identity.chain())).isNotNull();
    }
    assertNothingElseIn(folder, 2);
  }

  @Test
  void aFileThatIsThereStaysUnlessItIsToBeReplaced() throws Exception {
    Path file = folder.resolve("den.p12");
    Identity first = Identities.mint("Den");
    Identity second = Identities.mint("Den");
    Identities.store(first, file, PASSWORD, Encryption.STRONG);

    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> Identities.store(second, file, PASSWORD, Encryption.STRONG));
    assertThat(Identities.load(file, PASSWORD).fingerprint()).isEqualTo(first.fingerprint());

    Identities.replace(second, file, PASSWORD, Encryption.STRONG);
    assertThat(Identities.load(file, PASSWORD).fingerprint()).isEqualTo(second.fingerprint());
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertNothingElseIn(folder, 1);
  }

  @ParameterizedTest
  @EnumSource(Encryption.class)
  void aWrongPasswordIsCalledThat(Encryption encryption) throws Exception {
    Path file = folder.resolve("den.p12");
    Identities.store(Identities.mint("Den"), file, PASSWORD, encryption);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Identities.load(file, "other".toCharArray()))
        .withMessage(file + ": the password is wrong");
  }

  @Test
  void whatIsNoIdentityIsRefusedInWords() throws Exception {
    Path text = Files.writeString(folder.resolve("text.p12"), "hello");
    Path huge = Files.write(folder.resolve("huge.p12"), new byte[(1 << 20) + 1]);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Identities.load(text, PASSWORD))
        .withMessageStartingWith(text + " cannot be read as PKCS#12");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Identities.load(huge, PASSWORD))
        .withMessage(huge + " is longer than any identity");
  }

  @Test
  void pemFilesAreReadWhateverTheKey() throws Exception {
    for (KeyType type : KeyType.values()) {
      Identity identity = Identities.minting("Den").keyType(type).mint();
      Path certificate =
          pem("CERTIFICATE", identity.certificate().getEncoded(), folder.resolve("c.pem"));
      Path key = pem("PRIVATE KEY", identity.privateKey().getEncoded(), folder.resolve("k.pem"));

      Identity loaded = Identities.loadPem(certificate, key);

      assertThat(loaded.fingerprint()).isEqualTo(identity.fingerprint());
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> Identities.loadPem(certificate, certificate))
          .withMessageContaining("no unencrypted PKCS#8 key");
    }
  }

  @Test
  void aKeyThatCannotLeaveItsProviderIsNotStored() {
    Identity identity = Identities.mint("Den");
    Identity inHardware = Identity.of(new Opaque(), identity.chain());

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Identities.store(
                    inHardware, folder.resolve("x.p12"), PASSWORD, Encryption.COMPATIBLE))
        .withMessageContaining("cannot leave its provider");
  }

  @Test
  void passwordsAreOfAsciiAndNotEmpty() {
    for (String password : List.of("", "pässword", "a\tb")) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  Identities.store(
                      Identities.mint("Den"),
                      folder.resolve("x.p12"),
                      password.toCharArray(),
                      Encryption.STRONG))
          .withMessageContaining("all of them ASCII");
    }
  }

  @Test
  void aDestroyedIdentityIsNotStored() {
    Identity identity = Identities.mint("Den");
    identity.destroy();

    assertThatIllegalStateException()
        .isThrownBy(
            () -> Identities.store(identity, folder.resolve("x.p12"), PASSWORD, Encryption.STRONG))
        .withMessageContaining("has been destroyed");
  }

  private static Path pem(String label, byte[] der, Path file) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        file,
        "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n",
        StandardCharsets.US_ASCII);
  }

  private static void assertNothingElseIn(Path folder, int files) throws IOException {
    try (var list = Files.list(folder)) {
      assertThat(list.toList()).hasSize(files);
    }
  }

  /** A key as hardware has it. */
  private static final class Opaque implements PrivateKey {
    private static final long serialVersionUID = 1L;

    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public String getFormat() {
      return null;
    }

    @Override
    public byte[] getEncoded() {
      return null;
    }
  }
}
