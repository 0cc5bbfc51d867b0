package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.earshot.CancelledException;
import dev.earshot.Coder;
import dev.earshot.Connection;
import dev.earshot.ContentMetadata;
import dev.earshot.Endpoint;
import dev.earshot.Framer;
import dev.earshot.FramingException;
import dev.earshot.Listener;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.TypedMessages;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.RecordingHandler;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections of values, over a wire in memory. */
class TypedMessagesTest {
  private static final int PORT = 4_242;
  private static final Endpoint BOB = Endpoint.hostPort("10.0.0.2", PORT);

  private final MemoryRoom room = new MemoryRoom(29);
  private final MemoryRoom.Computer ada = room.computer("10.0.0.1");
  private final MemoryRoom.Computer bob = room.computer("10.0.0.2");
  private final List<Connection> accepted = new ArrayList<>();

  @AfterEach
  void close() {
    room.close();
    assertThat(room.wire().open()).isEmpty();
  }

  /** What two players say, each with its type. */
  private sealed interface Word {
    record Move(int row, int column) implements Word {}

    record Resign(String why) implements Word {}
  }

  /** Words with the type in the header of a framer. */
  private final class WordCoder implements Coder<Word> {
    private static final int MOVE = 1;
    private static final int RESIGN = 2;
    private static final int OVERFLOWS = 8;

    @Override
    public Payload encode(Word word) {
      if (word instanceof Word.Move move) {
        return Payload.wrap(new byte[] {(byte) move.row(), (byte) move.column()});
      }
      Word.Resign resign = (Word.Resign) word;
      if (resign.why().isEmpty()) {
        throw new IllegalStateException("one says why");
      }
      return Payload.utf8(resign.why());
    }

    @Override
    public SendOptions options(Word word) {
      return SendOptions.typed(word instanceof Word.Move ? MOVE : RESIGN);
    }

    @Override
    public Word decode(Received message) throws Exception {
      assertThat(bob.queue().isRunningHere()).isTrue();
      Payload content = message.content();
      long type = ((ContentMetadata.Typed) message.metadata()).type();
      if (type == MOVE && content.length() == 2) {
        return new Word.Move(content.byteAt(0), content.byteAt(1));
      }
      if (type == RESIGN) {
        return new Word.Resign(content.toUtf8String());
      }
      if (type == OVERFLOWS) {
        throw new StackOverflowError("a deeply nested word");
      }
      throw new Exception("no word of type " + type);
    }
  }

  private TypedMessages<Word> words(Connection connection) {
    return TypedMessages.over(connection, new WordCoder());
  }

  private Connection connect(Parameters parameters) {
    Listener listener = bob.network().listener(parameters.toBuilder().localPort(PORT).build());
    listener.start((from, connection) -> accept(connection), bob.queue());
    room.await(listener.ready());
    Connection connection = ada.network().connection(BOB, parameters).start();
    room.await(connection.ready());
    room.pass();
    return connection;
  }

  private void accept(Connection connection) {
    connection.start(new RecordingHandler(), bob.queue());
    accepted.add(connection);
  }

  private Connection other() {
    return accepted.get(0);
  }

  private Throwable failure(CompletableFuture<?> future) {
    room.pass();
    return Neighbours.failure(future);
  }

  private static Parameters framed() {
    return Parameters.tcp().framer(Framer.tlv(1, 2)).build();
  }

  @Test
  void valuesArriveAsTheyWereSentAndThenTheEnd() {
    TypedMessages<Word> here = words(connect(framed()));
    TypedMessages<Word> there = words(other());
    here.send(new Word.Move(1, 2));
    here.send(new Word.Resign("late"));
    here.connection().send(Payload.empty(), SendOptions.FINAL);
    assertThat(room.await(there.receive())).contains(new Word.Move(1, 2));
    assertThat(room.await(there.receive())).contains(new Word.Resign("late"));
    assertThat(room.await(there.receive())).isEmpty();
    assertThat(room.await(there.receive())).isEmpty();
  }

  @Test
  void aMessageThatSaysNothingFailsTheReadAndNotTheConnection() {
    Connection connection = connect(framed());
    TypedMessages<Word> there = words(other());
    connection.send(Payload.utf8("?"), SendOptions.typed(9));
    words(connection).send(new Word.Move(3, 4));
    assertThat(failure(there.receive()))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("no word of type 9")
        .hasMessageContaining(other().endpoint().toString())
        .hasCauseInstanceOf(Exception.class);
    assertThat(room.await(there.receive())).contains(new Word.Move(3, 4));
    assertThat(connection.state()).isInstanceOf(Connection.State.Ready.class);
  }

  @Test
  void anErrorOfTheCoderLeavesNobodyWaiting() {
    Connection connection = connect(framed());
    TypedMessages<Word> there = words(other());
    for (int i = 0; i < 2; i++) {
      connection.send(Payload.utf8("(((("), SendOptions.typed(WordCoder.OVERFLOWS));
    }
    room.pass();
    assertThat(failure(there.receive())).hasCauseInstanceOf(StackOverflowError.class);
    Inbox inbox = new Inbox();
    there.messages().subscribe(inbox);
    room.pass();
    assertThat(inbox.heard).containsExactly(FramingException.class);
  }

  @Test
  void aDecoderOfTheConnectionsOwnFailsItsReadWithWhatItThrows() {
    Connection connection = connect(Parameters.webSocket().build());
    connection.send(Payload.utf8("four"));
    connection.send(Payload.utf8("5"));
    assertThat(failure(other().receiveMessage(message -> number(message))))
        .isInstanceOf(NumberFormatException.class);
    CompletableFuture<Integer> five = other().receiveMessage(message -> number(message));
    assertThat(room.await(five)).isEqualTo(5);
  }

  private static int number(Received message) {
    return Integer.parseInt(message.content().toUtf8String());
  }

  @Test
  void aValueThatCannotBeSaidIsTheCallersMistake() {
    TypedMessages<Word> here = words(connect(framed()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> here.send(new Word.Resign("")))
        .withMessageContaining(BOB.toString())
        .withMessageContaining("one says why")
        .withCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void aReadThatIsWithdrawnLeavesItsMessageToTheNext() {
    TypedMessages<Word> here = words(connect(framed()));
    TypedMessages<Word> there = words(other());
    CompletableFuture<Optional<Word>> withdrawn = there.receive();
    CompletableFuture<Optional<Word>> next = there.receive();
    room.pass();
    withdrawn.cancel(false);
    here.send(new Word.Move(5, 6));
    assertThat(room.await(next)).contains(new Word.Move(5, 6));
  }

  @Test
  void aReadFailsAsTheConnectionDoes() {
    TypedMessages<Word> here = words(connect(framed()));
    CompletableFuture<Optional<Word>> read = here.receive();
    room.await(here.connection().cancel());
    assertThat(failure(read)).isInstanceOf(CancelledException.class);
  }

  @Test
  void aConnectionOfBytesHasNoValues() {
    Connection connection = connect(Parameters.tcp().build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> words(connection))
        .withMessageContaining("carries bytes");
  }

  @Test
  void textsAreTextMessagesAndOthersAreRefused() {
    Connection connection = connect(Parameters.webSocket().build());
    TypedMessages<String> there = TypedMessages.over(other(), Coder.utf8());
    TypedMessages.over(connection, Coder.utf8()).send("Grüße");
    connection.send(Payload.wrap(new byte[] {(byte) 0xC3, 0x28}));
    room.await(connection.send(Payload.utf8("")));
    Received text = room.await(other().receiveMessage());
    assertThat(text.metadata()).isEqualTo(ContentMetadata.TEXT);
    assertThat(text.content().toUtf8String()).isEqualTo("Grüße");
    assertThat(failure(there.receive()))
        .isInstanceOf(FramingException.class)
        .hasCauseInstanceOf(CharacterCodingException.class);
    assertThat(room.await(there.receive())).contains("");
    connection.cancel();
    assertThat(room.await(there.receive())).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TypedMessages.over(other(), Coder.utf8()).send("half of a pair: \uD83D"));
  }

  /** Takes values one by one. */
  private final class Inbox implements Flow.Subscriber<Word> {
    private final List<Object> heard = new ArrayList<>();
    private Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public void onNext(Word word) {
      assertThat(bob.queue().isRunningHere()).isTrue();
      heard.add(word);
      subscription.request(1);
    }

    @Override
    public void onError(Throwable cause) {
      heard.add(cause.getClass());
    }

    @Override
    public void onComplete() {
      heard.add("end");
    }
  }

  @Test
  void aSubscriberIsToldOfTheFirstThatSaysNothingAndAnotherGoesOn() {
    Connection connection = connect(framed());
    Inbox first = new Inbox();
    words(other()).messages().subscribe(first);
    words(connection).send(new Word.Move(1, 1));
    connection.send(Payload.utf8("?"), SendOptions.typed(9));
    words(connection).send(new Word.Move(2, 2));
    connection.send(Payload.empty(), SendOptions.FINAL);
    room.pass();
    assertThat(first.heard).containsExactly(new Word.Move(1, 1), FramingException.class);
    Inbox second = new Inbox();
    words(other()).messages().subscribe(second);
    room.pass();
    assertThat(second.heard).containsExactly(new Word.Move(2, 2), "end");
  }
}
