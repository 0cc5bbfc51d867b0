package dev.earshot.internal.connection;

import static dev.earshot.internal.connection.Neighbours.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.BackPressureException;
import dev.earshot.CancelledException;
import dev.earshot.Connection.State;
import dev.earshot.ConnectionLostException;
import dev.earshot.DataTransferReport;
import dev.earshot.Framer;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.UnreadableException;
import dev.earshot.UnsupportedException;
import dev.earshot.testing.LinkFault;
import dev.earshot.testing.VirtualExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files over connections of bytes: read by the core, or sent by the pipe itself. */
class FileSendingTest {
  private static final Parameters TCP = Parameters.tcp().build();
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final int LENGTH = 3 << 20;

  @TempDir Path folder;

  private final Neighbours neighbours = new Neighbours(57);
  private final VirtualExecutor disk = neighbours.time.executor("disk");
  private final byte[] bytes = new byte[LENGTH];
  private FileChannel file;

  /** Who reads the file. */
  enum Way {
    CORE,
    PIPE
  }

  @AfterEach
  void theFileIsLeftAlone() throws IOException {
    if (file != null && file.isOpen()) {
      assertThat(file.position()).isZero();
      file.close();
    }
  }

  private LiveConnection connected(Way way) throws IOException {
    return connected(way, TCP);
  }

  private LiveConnection connected(Way way, Parameters parameters) throws IOException {
    prepare(way);
    return neighbours.connected(parameters);
  }

  private void prepare(Way way) throws IOException {
    new Random(3).nextBytes(bytes);
    file = FileChannel.open(Files.write(folder.resolve("file"), bytes), StandardOpenOption.READ);
    neighbours.here.workers(disk);
    if (way == Way.PIPE) {
      neighbours.wire.sendsFilesItself();
    }
  }

  private void shorten(long length) throws IOException {
    try (FileChannel same = FileChannel.open(folder.resolve("file"), StandardOpenOption.WRITE)) {
      same.truncate(length);
    }
  }

  /** Reads at the other end until that is over. */
  private final class Reader {
    final ByteArrayOutputStream content = new ByteArrayOutputStream();
    boolean ended;
    Throwable failure;

    Reader() {
      read();
    }

    private void read() {
      neighbours.other().receiveMessage().whenComplete(this::arrived);
    }

    private void arrived(Received next, Throwable cause) {
      failure = cause;
      if (cause == null) {
        content.writeBytes(next.content().toByteArray());
        ended = next.endOfStream();
        if (!ended) {
          read();
        }
      }
    }
  }

  private byte[] part(int position, int count) {
    return Arrays.copyOfRange(bytes, position, position + count);
  }

  @ParameterizedTest
  @EnumSource
  void everythingArrivesInTheOrderOfTheCalls(Way way) throws IOException {
    LiveConnection connection = connected(way);
    Reader reader = new Reader();
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    sent.add(connection.send(Payload.utf8("before")));
    sent.add(connection.sendFile(file, 17, 2_000_000));
    sent.add(connection.send(Payload.utf8("between")));
    sent.add(connection.sendFile(file, LENGTH, 0));
    sent.add(connection.sendFile(file, 0, 1));
    sent.add(connection.sendFile(file, LENGTH - 5, 5));
    sent.add(connection.send(Payload.utf8("after"), SendOptions.FINAL));
    neighbours.passing(Duration.ofSeconds(1));
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.writeBytes("before".getBytes());
    expected.writeBytes(part(17, 2_000_000));
    expected.writeBytes("between".getBytes());
    expected.writeBytes(part(0, 1));
    expected.writeBytes(part(LENGTH - 5, 5));
    expected.writeBytes("after".getBytes());
    assertThat(reader.content.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(reader.ended).isTrue();
    assertThat(sent).allSatisfy(future -> assertThat(future).isCompleted());
    assertThat(file.isOpen()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void whatWasAskedBeforeItIsReadyIsSentAfterwards(Way way) throws IOException {
    prepare(way);
    neighbours.listen(TCP);
    LiveConnection connection = neighbours.connection(TCP);
    CompletableFuture<Void> sent = connection.sendFile(file, 0, LENGTH);
    neighbours.passing(SHORT);
    assertThat(sent).isNotDone();
    neighbours.start(connection);
    neighbours.passing(SHORT);
    Reader reader = new Reader();
    neighbours.passing(Duration.ofSeconds(1));
    assertThat(sent).isCompleted();
    assertThat(reader.content.toByteArray()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @EnumSource
  void itIsDoneOnlyWhenTheLastOfItIsTakenAndWhatFollowsOnlyWaitsForRoom(Way way)
      throws IOException {
    LiveConnection connection = connected(way);
    CompletableFuture<Void> sent = connection.sendFile(file, 0, LENGTH);
    CompletableFuture<Void> after = connection.send(Payload.utf8("after"));
    assertThat(connection.trySend(Payload.wrap(new byte[TCP.sendBudget()]))).isTrue();
    assertThat(connection.trySend(Payload.utf8("too much"))).isFalse();
    neighbours.passing(SHORT);
    assertThat(after).isCompleted();
    assertThat(sent).isNotDone();
    Reader reader = new Reader();
    neighbours.passing(Duration.ofSeconds(2));
    assertThat(sent).isCompleted();
    assertThat(reader.content.size()).isEqualTo(LENGTH + 5 + TCP.sendBudget());
  }

  @Test
  void noMoreIsReadAheadThanTheBudgetSays() throws IOException {
    Parameters modest = Parameters.tcp().sendBudget(10_000).receiveBuffer(1).build();
    neighbours.wire.capacity(1_000);
    LiveConnection connection = connected(Way.CORE, modest);
    CountedFile counted = new CountedFile(file);
    CompletableFuture<Void> sent = connection.sendFile(counted, 0, LENGTH);
    neighbours.passing(SHORT);
    assertThat(counted.bytesRead()).isPositive().isLessThanOrEqualTo(2 * 10_000 + 1_000);
    long before = counted.bytesRead();
    neighbours.passing(Duration.ofMinutes(1));
    assertThat(counted.bytesRead()).isEqualTo(before);
    Reader reader = new Reader();
    neighbours.passing(Duration.ofMinutes(1));
    assertThat(sent).isCompleted();
    assertThat(reader.content.toByteArray()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @EnumSource
  void aLongFileDoesNotCountAsWaiting(Way way) throws IOException {
    LiveConnection connection = connected(way);
    Path sparse = folder.resolve("sparse");
    try (FileChannel large =
        FileChannel.open(
            sparse,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.READ)) {
      large.write(ByteBuffer.wrap(new byte[1]), (2L << 30) - 1);
      CompletableFuture<Void> sent = connection.sendFile(large, 0, 2L << 30);
      assertThat(connection.trySend(Payload.utf8("after"))).isTrue();
      neighbours.passing(SHORT);
      connection.forceCancel();
      neighbours.passing(SHORT);
      assertThat(failure(sent)).isInstanceOf(CancelledException.class);
      assertThat(large.isOpen()).isTrue();
    }
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void tooManyFilesAreRefused() throws IOException {
    LiveConnection connection = connected(Way.CORE, Parameters.tcp().sendLimit(640).build());
    neighbours.wire.strike(LinkFault.STALL);
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sent.add(connection.sendFile(file, 0, LENGTH));
    }
    neighbours.passing(SHORT);
    List<CompletableFuture<Void>> failed = sent.stream().filter(CompletableFuture::isDone).toList();
    assertThat(failed).hasSizeBetween(9, 10);
    assertThat(failure(failed.get(0)))
        .isInstanceOf(BackPressureException.class)
        .hasMessageContaining("3145728 bytes of a file")
        .hasMessageContaining("640");
  }

  @ParameterizedTest
  @EnumSource
  void aFileThatIsTooShortIsRefusedAsAWholeAndTheRestGoesOn(Way way) throws IOException {
    LiveConnection connection = connected(way);
    Reader reader = new Reader();
    CompletableFuture<Void> tooShort = connection.sendFile(file, 1, LENGTH);
    CompletableFuture<Void> beyond = connection.sendFile(file, Long.MAX_VALUE, Long.MAX_VALUE);
    CompletableFuture<Void> after = connection.send(Payload.utf8("after"));
    neighbours.passing(SHORT);
    assertThat(failure(tooShort))
        .isInstanceOf(UnreadableException.class)
        .hasMessage(
            "sending 3145728 bytes of a file, from 1 on, to 10.0.0.2:4242:"
                + " the file has 3145728 bytes");
    assertThat(failure(beyond)).isInstanceOf(UnreadableException.class);
    assertThat(after).isCompleted();
    assertThat(reader.content).hasToString("after");
    assertThat(connection.state()).isEqualTo(new State.Ready());
  }

  @ParameterizedTest
  @EnumSource
  void aFileThatCannotBeReadIsRefused(Way way) throws IOException {
    LiveConnection connection = connected(way);
    FileChannel closed = FileChannel.open(folder.resolve("file"));
    closed.close();
    CompletableFuture<Void> ofClosed = connection.sendFile(closed, 0, 1);
    try (FileChannel written = FileChannel.open(folder.resolve("file"), StandardOpenOption.WRITE)) {
      CompletableFuture<Void> ofWritten = connection.sendFile(written, 0, 1);
      neighbours.passing(SHORT);
      assertThat(failure(ofWritten))
          .isInstanceOf(UnreadableException.class)
          .hasMessageContaining("not open for reading");
    }
    assertThat(failure(ofClosed))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("it is closed");
    assertThat(connection.state()).isEqualTo(new State.Ready());
  }

  @ParameterizedTest
  @EnumSource
  void manyRefusalsDoNotGrowTheStack(Way way) throws IOException {
    LiveConnection connection = connected(way, Parameters.tcp().build());
    CompletableFuture<Void> last = new CompletableFuture<>();
    for (int i = 0; i < 20_000; i++) {
      last = connection.sendFile(file, 0, LENGTH + 1);
    }
    neighbours.passing(SHORT);
    assertThat(failure(last)).isInstanceOf(UnreadableException.class);
    assertThat(connection.state()).isEqualTo(new State.Ready());
  }

  @Test
  void numbersThatMakeNoSenseAreThrownAtTheCall() throws IOException {
    LiveConnection connection = connected(Way.CORE);
    assertThatThrownBy(() -> connection.sendFile(file, -1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> connection.sendFile(file, 0, -7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"WebSocket", "framed", "UDP"})
  void connectionsOfMessagesSendNoFiles(String kind) throws IOException {
    Parameters parameters =
        switch (kind) {
          case "WebSocket" -> Parameters.webSocket().build();
          case "framed" -> Parameters.tcp().framer(Framer.lengthPrefixed(4)).build();
          default -> Parameters.udp().build();
        };
    prepare(Way.PIPE);
    neighbours.listen(parameters);
    LiveConnection connection = neighbours.start(neighbours.connection(parameters));
    neighbours.passing(SHORT);
    CompletableFuture<Void> sent = connection.sendFile(file, 0, 1);
    assertThat(sent).isNotDone();
    neighbours.passing(SHORT);
    assertThat(failure(sent))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("send each as a message");
    assertThat(connection.state()).isEqualTo(new State.Ready());
  }

  @Test
  void nothingFollowsAFinalMessage() throws IOException {
    LiveConnection connection = connected(Way.CORE);
    connection.send(Payload.empty(), SendOptions.FINAL);
    CompletableFuture<Void> late = connection.sendFile(file, 0, 1);
    neighbours.passing(SHORT);
    assertThat(failure(late))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("after a final message");
  }

  @ParameterizedTest
  @EnumSource
  void aFileThatBecomesShorterEndsTheConnection(Way way) throws IOException {
    LiveConnection connection = connected(way);
    CompletableFuture<Void> sent = connection.sendFile(file, 0, LENGTH);
    CompletableFuture<Void> next = connection.sendFile(file, 0, 1);
    neighbours.passing(SHORT);
    shorten(2_500_000);
    Reader reader = new Reader();
    neighbours.passing(Duration.ofSeconds(1));
    assertThat(failure(sent))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("the file has become shorter, it has 2500000 bytes");
    assertThat(failure(next)).isSameAs(failure(sent));
    assertThat(connection.state()).isEqualTo(new State.Failed((UnreadableException) failure(sent)));
    assertThat(reader.ended).isFalse();
    assertThat(reader.failure).isInstanceOf(ConnectionLostException.class);
    neighbours.verifyNothingIsHeld();
  }

  @ParameterizedTest
  @EnumSource
  void aFileThatIsClosedMeanwhileEndsTheConnection(Way way) throws IOException {
    LiveConnection connection = connected(way);
    CompletableFuture<Void> sent = connection.sendFile(file, 0, LENGTH);
    neighbours.passing(SHORT);
    file.close();
    Reader reader = new Reader();
    neighbours.passing(Duration.ofSeconds(1));
    assertThat(failure(sent))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("it is closed");
    assertThat(reader.failure).isInstanceOf(ConnectionLostException.class);
    neighbours.verifyNothingIsHeld();
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionThatIsLostFailsAllOfItsFiles(Way way) throws IOException {
    LiveConnection connection = connected(way);
    CompletableFuture<Void> underWay = connection.sendFile(file, 0, LENGTH);
    CompletableFuture<Void> waiting = connection.sendFile(file, 0, LENGTH);
    neighbours.passing(SHORT);
    neighbours.wire.strike(LinkFault.CUT);
    neighbours.passing(SHORT);
    CompletableFuture<Void> late = connection.sendFile(file, 0, LENGTH);
    neighbours.passing(SHORT);
    assertThat(failure(underWay)).isInstanceOf(ConnectionLostException.class);
    assertThat(failure(waiting)).isSameAs(failure(underWay));
    assertThat(failure(late)).isSameAs(failure(underWay));
    assertThat(file.isOpen()).isTrue();
    neighbours.verifyNothingIsHeld();
  }

  @ParameterizedTest
  @EnumSource
  void cancelSendsTheFileAsAllThatWasTaken(Way way) throws IOException {
    LiveConnection connection = connected(way);
    CompletableFuture<Void> sent = connection.sendFile(file, 0, LENGTH);
    CompletableFuture<Void> next = connection.sendFile(file, 100, 50);
    neighbours.passing(Duration.ofMillis(1));
    CompletableFuture<Void> cancelled = connection.cancel();
    Reader reader = new Reader();
    neighbours.passing(Duration.ofMillis(900));
    assertThat(sent).isCompleted();
    assertThat(next).isCompleted();
    assertThat(reader.content.size()).isEqualTo(LENGTH + 50);
    assertThat(reader.ended).isTrue();
    neighbours.other().cancel();
    neighbours.passing(SHORT);
    assertThat(cancelled).isCompleted();
    neighbours.verifyNothingIsHeld();
  }

  @ParameterizedTest
  @EnumSource
  void aCancelThatTakesTooLongCutsTheFile(Way way) throws IOException {
    LiveConnection connection = connected(way);
    CompletableFuture<Void> sent = connection.sendFile(file, 0, LENGTH);
    neighbours.passing(SHORT);
    CompletableFuture<Void> cancelled = connection.cancel();
    neighbours.passing(ConnectionLife.GRACE.minusMillis(1));
    assertThat(sent).isNotDone();
    assertThat(cancelled).isNotDone();
    neighbours.passing(Duration.ofMillis(2));
    assertThat(failure(sent)).isInstanceOf(CancelledException.class);
    assertThat(cancelled).isCompleted();
    Reader reader = new Reader();
    neighbours.passing(SHORT);
    assertThat(reader.ended).isFalse();
    assertThat(reader.failure).isInstanceOf(ConnectionLostException.class);
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void aDiskThatHangsHoldsUpNothingButTheFile() throws IOException {
    LiveConnection connection = connected(Way.CORE);
    disk.pause();
    CompletableFuture<Void> sent = connection.sendFile(file, 0, LENGTH);
    CompletableFuture<Void> after = connection.send(Payload.utf8("after"));
    Reader reader = new Reader();
    neighbours.passing(SHORT);
    assertThat(after).isCompleted();
    assertThat(reader.content.size()).isZero();
    CompletableFuture<Void> cancelled = connection.cancel();
    neighbours.passing(Duration.ofSeconds(1));
    assertThat(cancelled).isCompleted();
    assertThat(failure(sent)).isInstanceOf(CancelledException.class);
    disk.resume();
    neighbours.passing(SHORT);
    assertThat(reader.content.size()).isZero();
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void theFarewellWaitsForWhatIsStillRead() throws IOException {
    LiveConnection connection = connected(Way.CORE);
    disk.pause();
    CompletableFuture<Void> sent = connection.sendFile(file, 0, 1_000);
    Reader reader = new Reader();
    neighbours.passing(SHORT);
    connection.cancel();
    neighbours.passing(SHORT);
    assertThat(reader.ended).isFalse();
    disk.resume();
    neighbours.passing(SHORT);
    assertThat(sent).isCompleted();
    assertThat(reader.content.size()).isEqualTo(1_000);
    assertThat(reader.ended).isTrue();
  }

  @Test
  void aConnectionThatWasNeverStartedFailsItsFiles() throws IOException {
    prepare(Way.CORE);
    LiveConnection connection = neighbours.connection(TCP);
    CompletableFuture<Void> sent = connection.sendFile(file, 0, LENGTH);
    connection.cancel();
    neighbours.passing(SHORT);
    assertThat(failure(sent)).isInstanceOf(CancelledException.class);
  }

  @ParameterizedTest
  @EnumSource
  void reportsCountItsBytesAndOnePiece(Way way) throws IOException {
    LiveConnection connection = connected(way);
    new Reader();
    connection.sendFile(file, 0, LENGTH);
    neighbours.passing(Duration.ofSeconds(1));
    CompletableFuture<DataTransferReport> report = connection.dataTransferReport();
    neighbours.passing(SHORT);
    assertThat(report.join().bytesSent()).isEqualTo(LENGTH);
    assertThat(report.join().piecesSent()).isEqualTo(1);
  }
}
