package dev.earshot.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.Identity;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TrustEvaluator;
import dev.earshot.examples.control.ControlStream;
import dev.earshot.examples.control.Word;
import dev.earshot.security.tls.Identities;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/quic.md shows of a control stream. */
@Tag("network")
@Tag("once")
@Timeout(60)
class ControlStreamNetworkTest {
  private static final Identity ADA = Identities.mint("Ada");
  private static final Identity BOB = Identities.mint("Bob");

  private final Network network = Network.open();
  private final CompletableFuture<ControlStream> bobs = new CompletableFuture<>();
  private ConnectionGroup group;

  @BeforeEach
  void connect() {
    Listener listener =
        network.listener(quic(BOB, ADA).localAddress(InetAddress.getLoopbackAddress()).build());
    listener.start(new Accepting(), Runnable::run);
    int port = await(listener.ready()).port().orElseThrow();
    group =
        network
            .connectionGroup(Endpoint.hostPort("127.0.0.1", port), quic(ADA, BOB).build())
            .start();
    await(group.ready());
  }

  private static Parameters.Builder quic(Identity own, Identity other) {
    return Parameters.quic("control/1")
        .framer(ControlStream.FRAMER)
        .security(Security.pki(own, TrustEvaluator.pinned(other.fingerprint())));
  }

  /** Takes the first stream of each group for its control stream. */
  private final class Accepting implements Listener.Handler {
    @Override
    public void newConnection(Listener from, Connection connection) {
      connection.forceCancel();
    }

    @Override
    public void newConnectionGroup(Listener from, ConnectionGroup arrived) {
      arrived.start(
          new ConnectionGroup.Handler() {
            @Override
            public void newStream(ConnectionGroup of, Connection stream) {
              ControlStream.take(of, stream, "bob")
                  .whenComplete(
                      (control, failure) -> {
                        if (failure == null) {
                          bobs.complete(control);
                        } else {
                          bobs.completeExceptionally(failure);
                        }
                      });
            }
          },
          Runnable::run);
    }
  }

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void eachSaysHelloFirstAndGoodbyeLast() {
    ControlStream here = await(ControlStream.open(group, "ada"));
    ControlStream there = await(bobs);
    assertThat(here.peerId()).isEqualTo("bob");
    assertThat(there.peerId()).isEqualTo("ada");
    var goodbye = there.goodbye();
    await(here.leave(7, "the battery is low"));
    assertThat(await(goodbye)).contains(new Word.Goodbye(7, "the battery is low"));
  }

  @Test
  void whoGoesWithoutAWordIsNoticed() {
    await(ControlStream.open(group, "ada"));
    var goodbye = await(bobs).goodbye();
    group.forceCancel();
    assertThat(await(goodbye)).isEmpty();
  }

  @Test
  void whoBeginsWithAnythingElseIsLetGo() {
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("\0\0\0\0goodbye"), SendOptions.typed(2));
    assertThatThrownBy(() -> await(bobs)).hasMessageContaining("began with");
  }

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }
}
