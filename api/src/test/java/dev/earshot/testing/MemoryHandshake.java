package dev.earshot.testing;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.HttpUpgrade;
import dev.earshot.PreSharedKey;
import dev.earshot.Protocol;
import dev.earshot.Security;
import dev.earshot.SecurityMetadata;
import dev.earshot.WebSocketOptions;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.ListenRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What becomes of a handshake between somebody who dials so and somebody who listens so. */
final class MemoryHandshake {
  private final DialRequest dial;
  private final ListenRequest listen;

  MemoryHandshake(DialRequest dial, ListenRequest listen) {
    this.dial = dial;
    this.listen = listen;
  }

  /** What came of it. */
  sealed interface Outcome {
    /** Both sides are ready. */
    record Agreed(MemoryAgreement agreement) implements Outcome {}

    /** Neither is, and each has its own reason. */
    record Refused(HandshakeException dialling, HandshakeException dialled) implements Outcome {}
  }

  /** Whether the dialling side waits for an answer before it is ready. */
  boolean isNeeded() {
    return dial.security().isPresent()
        || !(dial.parameters().protocol() instanceof Protocol.Tcp tcp && tcp.upgrade().isEmpty());
  }

  /** Both keys differ, whatever they are. */
  Outcome wrongKey() {
    return refused(Reason.WRONG_KEY, Reason.WRONG_KEY);
  }

  CompletionStage<Outcome> decide() {
    if (dial.security().isPresent() && listen.security().isEmpty()) {
      return CompletableFuture.completedStage(refused(Reason.PLAINTEXT_PEER, Reason.TLS_PEER));
    }
    if (dial.security().isEmpty() && listen.security().isPresent()) {
      return CompletableFuture.completedStage(refused(Reason.TLS_PEER, Reason.PLAINTEXT_PEER));
    }
    if (dial.parameters().security() instanceof Security.Psk ours
        && listen.parameters().security() instanceof Security.Psk theirs) {
      Optional<PreSharedKey> own = ours.source().own();
      if (own.isEmpty()) {
        return CompletableFuture.completedStage(wrongKey());
      }
      return theirs.source().find(own.get().identity()).thenApply(k -> compare(own.get(), k));
    }
    return CompletableFuture.completedStage(agreeOnProtocol(Optional.empty()));
  }

  private Outcome compare(PreSharedKey own, Optional<PreSharedKey> known) {
    if (known.isEmpty()) {
      return refused(Reason.UNKNOWN_IDENTITY, Reason.UNKNOWN_IDENTITY);
    }
    if (!known.get().matches(own)) {
      return wrongKey();
    }
    return agreeOnProtocol(
        Optional.of(
            new SecurityMetadata("memory", "MEMORY_WITH_NULL", Optional.of(own.identity()))));
  }

  private Outcome agreeOnProtocol(Optional<SecurityMetadata> security) {
    Protocol ours = dial.parameters().protocol();
    Protocol theirs = listen.parameters().protocol();
    if (ours instanceof Protocol.WebSocket a && theirs instanceof Protocol.WebSocket b) {
      return new Outcome.Agreed(
          new MemoryAgreement(true, Optional.of(upgrade(a.options(), b.options())), security));
    }
    if (ours instanceof Protocol.Quic a && theirs instanceof Protocol.Quic b) {
      return agreeOnName(a.options().applicationProtocols(), b.options().applicationProtocols());
    }
    if (ours instanceof Protocol.Tcp a && theirs instanceof Protocol.Tcp && a.upgrade().isEmpty()) {
      return new Outcome.Agreed(new MemoryAgreement(false, Optional.empty(), security));
    }
    if (ours instanceof Protocol.Tcp a
        && theirs instanceof Protocol.WebSocket b
        && a.upgrade().isPresent()
        && b.options().byteStreamUpgrades().contains(a.upgrade().get().protocol())) {
      return new Outcome.Agreed(new MemoryAgreement(false, a.upgrade(), security));
    }
    return refused(Reason.UPGRADE_REFUSED, Reason.PROTOCOL_ERROR);
  }

  private Outcome agreeOnName(List<String> ours, List<String> theirs) {
    Optional<String> common = theirs.stream().filter(ours::contains).findFirst();
    if (common.isEmpty()) {
      return refused(Reason.NO_COMMON_PROTOCOL, Reason.NO_COMMON_PROTOCOL);
    }
    SecurityMetadata settled =
        new SecurityMetadata("memory", "MEMORY_WITH_NULL", Optional.empty(), List.of(), common);
    return new Outcome.Agreed(new MemoryAgreement(false, Optional.empty(), Optional.of(settled)));
  }

  /** Makes groups of both ends, if that is what they agreed on. */
  void becomeGroups(MemoryLink link) {
    if (dial.parameters().protocol() instanceof Protocol.Quic dials
        && listen.parameters().protocol() instanceof Protocol.Quic listens) {
      link.becomeGroups(dials, listens);
    }
  }

  private static HttpUpgrade upgrade(WebSocketOptions offered, WebSocketOptions accepted) {
    return new HttpUpgrade(
        "websocket",
        offered.path(),
        offered.additionalHeaders(),
        accepted.subprotocols().stream().filter(offered.subprotocols()::contains).findFirst());
  }

  private Outcome refused(Reason dialling, Reason dialled) {
    String what = "handshake in memory with ";
    return new Outcome.Refused(
        new HandshakeException(dialling, what + dial.endpoint() + ": " + dialling),
        new HandshakeException(dialled, what + "a dialling side: " + dialled));
  }
}
