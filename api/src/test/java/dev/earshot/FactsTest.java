package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The small records and the exceptions. */
class FactsTest {
  private static final NetworkLink LINK = new NetworkLink("eth0", 2, LinkType.WIRED);

  @Test
  void aReadSaysWhetherAMessageOrTheStreamIsOver() {
    Payload text = Payload.utf8("x");
    assertThat(Received.message(text, ContentMetadata.TEXT))
        .isEqualTo(new Received(text, ContentMetadata.TEXT, true, false));
    assertThat(Received.bytes(text))
        .isEqualTo(new Received(text, ContentMetadata.NONE, false, false));
    assertThat(Received.end(ContentMetadata.NONE))
        .isEqualTo(new Received(Payload.empty(), ContentMetadata.NONE, false, true));
  }

  @Test
  void whatIsSentIsBinaryAndGoesOnUnlessSaidOtherwise() {
    assertThat(SendOptions.DEFAULT.metadata()).isEqualTo(ContentMetadata.BINARY);
    assertThat(SendOptions.DEFAULT.finalMessage()).isFalse();
    assertThat(SendOptions.TEXT.metadata()).isEqualTo(ContentMetadata.TEXT);
    assertThat(SendOptions.FINAL.finalMessage()).isTrue();
    assertThat(ContentMetadata.BINARY.closeCode()).isEqualTo(OptionalInt.empty());
  }

  @Test
  void resultsAndChangesDoNotChangeWithWhatTheyWereMadeOf() {
    Set<NetworkLink> links = new HashSet<>(Set.of(LINK));
    Browser.Result result =
        new Browser.Result(
            Endpoint.bonjour("Den", ServiceType.tcp("echo")), TxtRecord.of(Map.of()), links);
    Set<Browser.Change.Aspect> aspects = new HashSet<>(Set.of(Browser.Change.Aspect.TXT_RECORD));
    Browser.Change.Changed changed = new Browser.Change.Changed(result, result, aspects);
    links.clear();
    aspects.clear();
    assertThat(result.links()).containsExactly(LINK);
    assertThat(changed.aspects()).containsExactly(Browser.Change.Aspect.TXT_RECORD);
  }

  @Test
  void aPathKeepsEverythingButItsStatus() {
    NetworkPath path =
        new NetworkPath(
            NetworkPath.Status.SATISFIED, Optional.of(LINK), Optional.empty(), Optional.empty());
    NetworkPath lost = path.withStatus(NetworkPath.Status.UNSATISFIED);
    assertThat(lost.status()).isEqualTo(NetworkPath.Status.UNSATISFIED);
    assertThat(lost.withStatus(NetworkPath.Status.SATISFIED)).isEqualTo(path);
  }

  @Test
  void aLinkIsCalledByItsName() {
    assertThat(LINK).hasToString("eth0");
  }

  @Test
  void onlyWhatMayPassByItselfIsTransient() {
    Throwable cause = new IllegalStateException("below");
    List<NetworkException> passing =
        List.of(
            new UnreachableException("m", cause),
            new UnresolvedException("m", cause),
            new ConnectionLostException("m", cause),
            new BackPressureException("m", cause));
    List<NetworkException> lasting =
        List.of(
            new NetworkException("m", cause),
            new HandshakeException(HandshakeException.Reason.WRONG_KEY, "m", cause),
            new CancelledException("m", cause),
            new FramingException("m", cause),
            new TooLargeException("m", cause),
            new UnsupportedException("m", cause));
    assertThat(passing).allMatch(NetworkException::isTransient);
    assertThat(lasting).noneMatch(NetworkException::isTransient);
    assertThat(passing).allSatisfy(e -> assertThat(e).hasMessage("m").hasCause(cause));
    assertThat(lasting).allSatisfy(e -> assertThat(e).hasMessage("m").hasCause(cause));
  }

  @Test
  void aFarewellIsNoPassingFailureAndSaysItsCodeAndReason() {
    ClosedByPeerException told = new ClosedByPeerException("m", OptionalInt.of(1001), "bye");
    assertThat(told.isTransient()).isFalse();
    assertThat(told.closeCode()).hasValue(1001);
    assertThat(told.reason()).isEqualTo("bye");
    assertThat(new ClosedByPeerException("m", OptionalInt.empty(), "").closeCode()).isEmpty();
  }

  @Test
  void anExceptionNeedsNoCause() {
    assertThat(new HandshakeException(HandshakeException.Reason.OTHER, "m").reason())
        .isEqualTo(HandshakeException.Reason.OTHER);
    assertThat(new UnreachableException("m")).hasNoCause();
  }

  @Test
  void factsWithoutValuesAreRefused() {
    assertThatThrownBy(() -> new NetworkLink(null, 1, LinkType.WIRED))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> new SendOptions(null, false)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Received.bytes(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> new Security.Psk(null, Set.of(TlsVersion.TLS_1_2), false))
        .isInstanceOf(NullPointerException.class);
  }
}
