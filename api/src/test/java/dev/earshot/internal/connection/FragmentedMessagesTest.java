package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.earshot.BackPressureException;
import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.FragmentedMessages;
import dev.earshot.Listener;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.Security;
import dev.earshot.TooLargeException;
import dev.earshot.TrustEvaluator;
import dev.earshot.testing.DatagramFault;
import dev.earshot.testing.MemoryIdentity;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.RecordingHandler;
import dev.earshot.testing.RecordingListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages larger than a datagram, over a wire in memory. */
class FragmentedMessagesTest {
  private static final int PORT = 4_242;
  private static final Endpoint BOB = Endpoint.hostPort("10.0.0.2", PORT);

  private final MemoryRoom room = new MemoryRoom(23);
  private final MemoryRoom.Computer ada = room.computer("10.0.0.1");
  private final MemoryRoom.Computer bob = room.computer("10.0.0.2");
  private final FragmentedMessages large = FragmentedMessages.create();
  private final List<Connection> arrived = new ArrayList<>();
  private final Inbox inbox = new Inbox();
  private final Random random = new Random(3);
  private final Connection connection =
      ada.network().connection(BOB, Parameters.udp().build()).start();

  FragmentedMessagesTest() {
    Listener listener = bob.network().listener(Parameters.udp().localPort(PORT).build());
    listener.start(
        (from, accepted) -> {
          accepted.start(new RecordingHandler(), bob.queue());
          arrived.add(accepted);
          large.messages(accepted, bob.network().clock()).subscribe(inbox);
        },
        bob.queue());
    room.await(listener.ready());
  }

  @AfterEach
  void close() {
    room.close();
    assertThat(room.wire().open()).isEmpty();
  }

  /** Takes messages one by one, and checks that it is called where it has to be. */
  private final class Inbox implements Flow.Subscriber<Payload> {
    private final List<Payload> messages = new ArrayList<>();
    private Flow.Subscription subscription;
    private int errors;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public void onNext(Payload message) {
      assertThat(bob.queue().isRunningHere()).isTrue();
      messages.add(message);
      subscription.request(1);
    }

    @Override
    public void onError(Throwable cause) {
      errors++;
    }

    @Override
    public void onComplete() {}
  }

  @Test
  void messagesOfEverySizeArriveWhole() {
    List<Payload> sent = new ArrayList<>();
    for (int size : new int[] {0, 1, 1_459, 1_460, 1_461, 50_000, 200_000}) {
      Payload message = bytes(size);
      sent.add(message);
      room.await(large.send(connection, message));
      room.pass();
    }
    assertThat(inbox.messages).isEqualTo(sent);
  }

  @ParameterizedTest
  @EnumSource(DatagramFault.class)
  void whateverHappensToDatagramsAMessageArrivesOnceAndWholeOrNotAtAll(DatagramFault fault) {
    boolean spoils = fault == DatagramFault.CORRUPT; // without protection nobody can tell
    room.wire().afflict(fault, 20);
    List<Payload> sent = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Payload message = bytes(1 + random.nextInt(8_000));
      sent.add(message);
      large.send(connection, message);
      room.time().advance(Duration.ofMillis(100));
    }
    room.pass();
    assertThat(inbox.messages).isNotEmpty();
    if (!spoils) {
      assertThat(inbox.messages).doesNotHaveDuplicates().isSubsetOf(sent);
      boolean loses = fault == DatagramFault.DROP || fault == DatagramFault.TRUNCATE;
      assertThat(inbox.messages.size() < sent.size()).isEqualTo(loses);
    }
  }

  @Test
  void theDatagramsOfAGroupCarryThemToo() {
    Parameters.Builder quic =
        Parameters.quic(QuicOptions.builder("x").datagrams().build())
            .security(Security.pki(MemoryIdentity.make(), TrustEvaluator.system()));
    Listener listener = bob.network().listener(quic.localPort(PORT + 1).build());
    RecordingListener door = RecordingListener.on(bob.queue()).receivingGroups(this::joined);
    listener.start(door, bob.queue());
    room.await(listener.ready());
    ConnectionGroup group =
        ada.network()
            .connectionGroup(Endpoint.hostPort("10.0.0.2", PORT + 1), quic.localPort(0).build())
            .start();
    Payload message = bytes(20_000);
    room.await(large.send(group.datagrams().start(), message));
    room.pass();
    assertThat(inbox.messages).containsExactly(message);
  }

  private void joined(ConnectionGroup group) {
    group.start(new ConnectionGroup.Handler() {}, bob.queue());
    Connection datagrams = group.datagrams().start(new RecordingHandler(), bob.queue());
    large.messages(datagrams, bob.network().clock()).subscribe(inbox);
  }

  @Test
  void aConnectionThatIsNotReadyYetIsAwaited() {
    Connection later = ada.network().connection(BOB, Parameters.udp().build());
    CompletableFuture<Void> sent = large.send(later, bytes(3_000));
    room.pass();
    assertThat(sent).isNotDone();
    later.start();
    room.await(sent);
    room.pass();
    assertThat(inbox.messages).hasSize(1);
  }

  @Test
  void whatCannotBeSentFails() {
    CompletableFuture<Void> tooLarge = large.send(connection, bytes((1 << 20) + 1));
    assertThat(Neighbours.failure(tooLarge))
        .isInstanceOf(TooLargeException.class)
        .hasMessageContaining("maximumMessageSize");
    Parameters narrow = Parameters.udp().sendBudget(1_000).sendLimit(5_000).build();
    Connection limited = ada.network().connection(BOB, narrow).start();
    room.await(limited.ready());
    CompletableFuture<Void> tooMuch = large.send(limited, bytes(100_000));
    room.pass();
    assertThat(Neighbours.failure(tooMuch))
        .isInstanceOf(TooLargeException.class)
        .hasMessageContaining("sendLimit");
    assertThat(inbox.messages).isEmpty();
    room.await(connection.cancel());
    CompletableFuture<Void> tooLate = large.send(connection, bytes(3_000));
    room.pass();
    assertThat(Neighbours.failure(tooLate)).isInstanceOf(CancelledException.class);
    CompletableFuture<Void> alsoLarge =
        large.maximumMessageSize(8 << 20).send(connection, bytes(5 << 20));
    room.pass();
    assertThat(Neighbours.failure(alsoLarge)).isInstanceOf(CancelledException.class);
  }

  @Test
  void whatWaitsForAConnectionThatIsNotReadyIsBounded() {
    Parameters narrow = Parameters.udp().sendBudget(1_000).sendLimit(5_000).build();
    Connection later = ada.network().connection(BOB, narrow);
    CompletableFuture<Void> first = large.send(later, bytes(3_000));
    assertThat(Neighbours.failure(large.send(later, bytes(3_000))))
        .isInstanceOf(BackPressureException.class);
    later.start();
    room.await(first);
    CompletableFuture<Void> unready =
        large.send(ada.network().connection(BOB, narrow), bytes(3_000));
    assertThat(unready).as("what has left does not count").isNotDone();
  }

  @Test
  void whatAReadyConnectionWasGivenIsSentBeforeItIsCancelled() {
    room.await(connection.ready());
    large.send(connection, bytes(20_000));
    connection.cancel();
    room.pass();
    assertThat(inbox.messages).hasSize(1);
  }

  @Test
  void theEndOfTheConnectionIsTheEndOfItsMessages() {
    room.await(large.send(connection, bytes(3_000)));
    room.pass();
    arrived.get(0).forceCancel();
    room.pass();
    assertThat(inbox.messages).hasSize(1);
    assertThat(inbox.errors).isEqualTo(1);
  }

  @Test
  void onlyDatagramsAndSoundLimitsAreTaken() {
    Connection stream = ada.network().connection(BOB, Parameters.tcp().build());
    assertThatIllegalArgumentException().isThrownBy(() -> large.send(stream, bytes(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> large.messages(stream, ada.network().clock()));
    assertThatIllegalArgumentException().isThrownBy(() -> large.maximumMessageSize(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> large.maximumMessageSize(FragmentedMessages.LARGEST + 1));
    assertThatIllegalArgumentException().isThrownBy(() -> large.patience(Duration.ZERO));
    FragmentedMessages other = large.maximumMessageSize(5).patience(Duration.ofSeconds(1));
    assertThat(other).hasToString("FragmentedMessages[at most 5 bytes, patience PT1S]");
    assertThat(other.maximumMessageSize()).isEqualTo(5);
    assertThat(other.patience()).isEqualTo(Duration.ofSeconds(1));
  }

  private Payload bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Payload.wrap(bytes);
  }
}
