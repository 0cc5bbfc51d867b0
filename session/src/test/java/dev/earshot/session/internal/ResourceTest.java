package dev.earshot.session.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Security;
import dev.earshot.session.Progress;
import dev.earshot.session.ResourceException;
import dev.earshot.session.ResourceException.Code;
import dev.earshot.session.ResourceOffer;
import dev.earshot.session.ResourceTransfer;
import dev.earshot.session.internal.SessionRoom.Member;
import dev.earshot.testing.LinkFault;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files between sessions over a network in memory, in virtual time, on a real disk. */
class ResourceTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir private Path here;
  @TempDir private Path there;

  /** What the accepting side's transfers are. */
  private final List<ResourceTransfer> received = new ArrayList<>();

  private Path file;
  private byte[] content;

  @BeforeEach
  void makeFile() throws IOException {
    content = new byte[3_000_000];
    new Random(7).nextBytes(content);
    file = Files.write(here.resolve("photo.jpg"), content);
  }

  private void accept(Member member) {
    member.seen.onOffer = offer -> received.add(offer.accept(there));
  }

  private List<String> arrived() {
    try (Stream<Path> files = Files.list(there)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Code codeOf(CompletableFuture<Path> completion) {
    try {
      throw new AssertionError("it arrived as " + completion.getNow(null));
    } catch (CompletionException e) {
      return ((ResourceException) e.getCause()).code();
    }
  }

  /** Two that are connected; which of them dialled depends on {@code seed}. */
  private static Member[] pair(SessionRoom room, int dialler) {
    return pair(room, dialler, 256 << 10);
  }

  private static Member[] pair(SessionRoom room, int dialler, int chunkSize) {
    Member ada = room.member(1, "ada", b -> b.withoutDiscovery().chunkSize(chunkSize)).start();
    Member bob = room.member(2, "bob", b -> b.withoutDiscovery()).start();
    room.pass(SECOND);
    Member from = dialler == 0 ? ada : bob;
    Member to = dialler == 0 ? bob : ada;
    room.room.await(from.session.connect(to.endpoint()));
    room.untilConnected(ada, bob);
    return new Member[] {ada, bob};
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aFileArrivesWhoeverDialled(int dialler) throws IOException {
    try (SessionRoom room = new SessionRoom(dialler)) {
      Member[] pair = pair(room, dialler);
      accept(pair[1]);
      List<Progress> told = new ArrayList<>();
      ResourceTransfer sent = pair[0].session.sendResource(file, "photo.jpg", pair[1].self);
      sent.onProgress(told::add);
      assertThat(room.room.await(sent.completion())).isEqualTo(file);
      Path target = room.room.await(received.get(0).completion());
      assertThat(target).isEqualTo(there.resolve("photo.jpg"));
      assertThat(Files.readAllBytes(target)).isEqualTo(content);
      assertThat(arrived()).containsExactly("photo.jpg");
      assertThat(told.get(told.size() - 1).transferred()).isEqualTo(content.length);
      assertThat(told.get(told.size() - 1).fraction()).isEqualTo(1);
      room.pass(Duration.ofSeconds(5));
      assertThat(room.room.wire().open()).as("ports and one connection").hasSize(4);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64 << 10, 4 << 20})
  void theSidesNeedNotMoveAsMuchAtOnce(int chunkSize) throws IOException {
    try (SessionRoom room = new SessionRoom(chunkSize)) {
      Member[] pair = pair(room, 0, chunkSize);
      accept(pair[1]);
      room.room.await(pair[0].session.sendResource(file, "photo.jpg", pair[1].self).completion());
      assertThat(Files.readAllBytes(there.resolve("photo.jpg"))).isEqualTo(content);
      accept(pair[0]);
      room.room.await(pair[1].session.sendResource(file, "back.jpg", pair[0].self).completion());
      assertThat(Files.readAllBytes(there.resolve("back.jpg"))).isEqualTo(content);
    }
  }

  @Test
  void anEmptyFileArrives() throws IOException {
    try (SessionRoom room = new SessionRoom(2)) {
      Member[] pair = pair(room, 0);
      accept(pair[1]);
      Path empty = Files.createFile(here.resolve("empty"));
      ResourceTransfer sent = pair[0].session.sendResource(empty, "empty", pair[1].self);
      room.room.await(sent.completion());
      assertThat(there.resolve("empty")).isEmptyFile();
    }
  }

  @Test
  void filesOfTheSameNameDoNotReplaceEachOther() throws IOException {
    try (SessionRoom room = new SessionRoom(3)) {
      Member[] pair = pair(room, 1);
      accept(pair[1]);
      Files.writeString(there.resolve("photo.jpg"), "was here before");
      for (int i = 0; i < 2; i++) {
        room.room.await(
            pair[0].session.sendResource(file, "../photo.jpg", pair[1].self).completion());
        room.room.await(pair[0].session.sendResource(file, "photo.jpg", pair[1].self).completion());
      }
      assertThat(arrived())
          .containsExactly(
              "_photo (2).jpg", "_photo.jpg", "photo (2).jpg", "photo (3).jpg", "photo.jpg");
      assertThat(there.resolve("photo.jpg")).hasContent("was here before");
    }
  }

  @Test
  void severalFilesGoBothWaysAtOnce() {
    try (SessionRoom room = new SessionRoom(4)) {
      Member[] pair = pair(room, 1);
      accept(pair[0]);
      accept(pair[1]);
      List<CompletableFuture<Path>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(pair[0].session.sendResource(file, "a", pair[1].self).completion());
        all.add(pair[1].session.sendResource(file, "b", pair[0].self).completion());
      }
      all.forEach(room.room::await);
      received.forEach(transfer -> room.room.await(transfer.completion()));
      assertThat(arrived()).hasSize(16);
    }
  }

  @Test
  void aDeclinedFileIsToldWithTheReason() {
    try (SessionRoom room = new SessionRoom(5)) {
      Member[] pair = pair(room, 0);
      pair[1].seen.onOffer = offer -> offer.decline("not now");
      ResourceTransfer sent = pair[0].session.sendResource(file, "photo.jpg", pair[1].self);
      room.pass(SECOND);
      assertThat(codeOf(sent.completion())).isEqualTo(Code.DECLINED);
      assertThatThrownBy(() -> sent.completion().join()).hasMessageContaining("not now");
    }
  }

  @Test
  void anOfferIsAnsweredOnceAndWithinAMinute() {
    try (SessionRoom room = new SessionRoom(6)) {
      Member[] pair = pair(room, 0);
      ResourceTransfer sent = pair[0].session.sendResource(file, "photo.jpg", pair[1].self);
      room.pass(Duration.ofSeconds(59));
      assertThat(sent.completion()).isNotDone();
      room.pass(Duration.ofSeconds(2));
      assertThat(codeOf(sent.completion())).isEqualTo(Code.TIMED_OUT);
      ResourceOffer offer = pair[1].seen.offers.get(0);
      assertThatThrownBy(() -> offer.accept(there)).isInstanceOf(IllegalStateException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 3, 5, 8, 13, 21, 34, 55, 89})
  void eitherSideCanGiveUpAtAnyMoment(long millis) {
    for (int who = 0; who < 2; who++) {
      try (SessionRoom room = new SessionRoom(7)) {
        Member[] pair = pair(room, who);
        received.clear();
        accept(pair[1]);
        ResourceTransfer sent = pair[0].session.sendResource(file, "photo.jpg", pair[1].self);
        room.pass(Duration.ofMillis(millis));
        ResourceTransfer quitter = who == 0 || received.isEmpty() ? sent : received.get(0);
        quitter.cancel();
        room.pass(Duration.ofSeconds(5));
        boolean wasLate = !sent.completion().isCompletedExceptionally();
        if (wasLate) {
          assertThat(arrived()).isNotEmpty();
        } else {
          assertThat(codeOf(sent.completion())).isEqualTo(Code.CANCELLED);
          received.forEach(r -> assertThat(codeOf(r.completion())).isEqualTo(Code.CANCELLED));
          assertThat(arrived()).isEmpty();
        }
        assertThat(room.room.wire().open()).hasSize(4);
        assertThat(pair[0].seen.failures).as("a stream is no peer").isEmpty();
        assertThat(pair[1].seen.failures).as("a stream is no peer").isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 3, 5, 8, 13, 21, 34, 55, 89})
  void aPeerThatIsLostAtAnyMomentEndsTheTransferOnBothSides(long millis) {
    try (SessionRoom room = new SessionRoom(8)) {
      Member[] pair = pair(room, 0);
      accept(pair[1]);
      ResourceTransfer sent = pair[0].session.sendResource(file, "photo.jpg", pair[1].self);
      room.pass(Duration.ofMillis(millis));
      room.room.wire().strike(LinkFault.CUT);
      room.pass(Duration.ofSeconds(5));
      assertThat(sent.completion()).isDone();
      received.forEach(r -> assertThat(r.completion()).isDone());
      assertThat(arrived()).allMatch("photo.jpg"::equals);
      if (sent.completion().isCompletedExceptionally()) {
        assertThat(codeOf(sent.completion())).isIn(Code.PEER_LOST, Code.IO_ERROR);
      }
    }
  }

  @Test
  void aSilentNetworkEndsTheTransfer() {
    try (SessionRoom room = new SessionRoom(9)) {
      Member[] pair = pair(room, 0);
      accept(pair[1]);
      ResourceTransfer sent = pair[0].session.sendResource(file, "photo.jpg", pair[1].self);
      room.pass(Duration.ofMillis(20));
      room.room.wire().strike(LinkFault.STALL);
      room.pass(Duration.ofSeconds(20));
      assertThat(codeOf(sent.completion())).isEqualTo(Code.PEER_LOST);
      assertThat(arrived()).isEmpty();
    }
  }

  @Test
  void leavingEndsTransfersAndRemovesWhatHasArrived() {
    try (SessionRoom room = new SessionRoom(10)) {
      Member[] pair = pair(room, 0);
      accept(pair[1]);
      ResourceTransfer sent = pair[0].session.sendResource(file, "photo.jpg", pair[1].self);
      room.until(() -> !received.isEmpty() && received.get(0).progress().transferred() > 0);
      assertThat(arrived()).singleElement().asString().startsWith(".earshot-");
      room.room.await(pair[1].session.leave());
      assertThat(arrived()).isEmpty();
      room.pass(SECOND);
      assertThat(codeOf(sent.completion())).isEqualTo(Code.CANCELLED);
      assertThat(codeOf(received.get(0).completion())).isEqualTo(Code.CANCELLED);
    }
  }

  @Test
  void aFileThatChangesWhileItIsSentIsNotTakenForWhatItWas() throws IOException {
    try (SessionRoom room = new SessionRoom(11)) {
      Member[] pair = pair(room, 0);
      accept(pair[1]);
      ResourceTransfer sent = pair[0].session.sendResource(file, "photo.jpg", pair[1].self);
      room.until(() -> !received.isEmpty() && received.get(0).progress().transferred() > 0);
      Files.write(file, new byte[content.length + 1]);
      room.pass(Duration.ofSeconds(5));
      assertThat(codeOf(sent.completion())).isEqualTo(Code.SOURCE_CHANGED);
      assertThat(codeOf(received.get(0).completion())).isEqualTo(Code.SOURCE_CHANGED);
      assertThat(arrived()).isEmpty();
    }
  }

  @Test
  void whatDoesNotFitIsDeclinedBeforeAByteIsSent() throws IOException {
    Path huge = here.resolve("huge");
    try (RandomAccessFile sparse = new RandomAccessFile(huge.toFile(), "rw");
        SessionRoom room = new SessionRoom(12)) {
      sparse.setLength(Files.getFileStore(there).getUsableSpace() + (1L << 30));
      Member[] pair = pair(room, 0);
      accept(pair[1]);
      ResourceTransfer sent = pair[0].session.sendResource(huge, "huge", pair[1].self);
      room.pass(SECOND);
      assertThat(codeOf(sent.completion())).isEqualTo(Code.NO_SPACE);
      assertThat(codeOf(received.get(0).completion())).isEqualTo(Code.NO_SPACE);
      assertThat(arrived()).isEmpty();
    }
  }

  @Test
  void whatCannotBeReadOrWrittenFailsInWords() {
    try (SessionRoom room = new SessionRoom(13)) {
      Member[] pair = pair(room, 0);
      pair[1].seen.onOffer = offer -> received.add(offer.accept(there.resolve("nowhere")));
      ResourceTransfer missing =
          pair[0].session.sendResource(here.resolve("missing"), "missing", pair[1].self);
      ResourceTransfer folder = pair[0].session.sendResource(here, "folder", pair[1].self);
      ResourceTransfer unwanted = pair[0].session.sendResource(file, "photo.jpg", pair[1].self);
      room.pass(SECOND);
      assertThat(codeOf(missing.completion())).isEqualTo(Code.IO_ERROR);
      assertThat(codeOf(folder.completion())).isEqualTo(Code.IO_ERROR);
      assertThat(codeOf(unwanted.completion())).isEqualTo(Code.IO_ERROR);
      assertThat(codeOf(received.get(0).completion())).isEqualTo(Code.IO_ERROR);
      assertThatThrownBy(() -> received.get(0).completion().join()).hasMessageContaining("nowhere");
      assertThatThrownBy(() -> unwanted.completion().join())
          .as("where files are kept is not the other side's business")
          .hasMessageNotContaining("nowhere")
          .hasMessageNotContaining(there.toString());
    }
  }

  @Test
  void noMoreThanSixteenAreOfferedAtOnce() {
    try (SessionRoom room = new SessionRoom(14)) {
      Member[] pair = pair(room, 0);
      List<ResourceTransfer> all = new ArrayList<>();
      for (int i = 0; i < 17; i++) {
        all.add(pair[0].session.sendResource(file, "photo.jpg", pair[1].self));
      }
      room.pass(SECOND);
      assertThat(codeOf(all.remove(16).completion())).isEqualTo(Code.LIMIT);
      assertThat(all).allMatch(transfer -> !transfer.completion().isDone());
      assertThat(pair[1].seen.offers).hasSize(16);
    }
  }

  @Test
  void nobodyIsSentAFileWithoutAConnection() {
    try (SessionRoom room = new SessionRoom(15)) {
      Member[] pair = pair(room, 0);
      pair[0].session.disconnect(pair[1].self);
      room.pass(SECOND);
      ResourceTransfer sent = pair[0].session.sendResource(file, "photo.jpg", pair[1].self);
      room.pass(SECOND);
      assertThat(codeOf(sent.completion())).isEqualTo(Code.PEER_LOST);
      assertThatThrownBy(() -> pair[0].session.sendResource(file, "", pair[1].self))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void filesGoInTheClearWhereTheSessionDoes() {
    try (SessionRoom room = new SessionRoom(16)) {
      Member ada = room.member(1, "ada", b -> b.security(Security.none())).start();
      Member bob = room.member(2, "bob", b -> b.security(Security.none())).start();
      room.untilConnected(ada, bob);
      accept(bob);
      room.room.await(ada.session.sendResource(file, "photo.jpg", bob.self).completion());
      assertThat(arrived()).containsExactly("photo.jpg");
    }
  }
}
