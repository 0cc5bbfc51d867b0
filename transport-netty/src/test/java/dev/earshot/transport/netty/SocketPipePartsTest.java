package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.FramingException;
import dev.earshot.WebSocketOptions;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many small messages that come at once are handed over in parts. */
class SocketPipePartsTest {
  static {
    LeakWatch.begin();
  }

  private static final int MANY = 2_000;

  private final EmbeddedChannel embedded = new EmbeddedChannel();
  private final ScriptedStage stage = new ScriptedStage();
  private final PipeOwner owner = new PipeOwner();
  private final SocketPipe pipe =
      owner.pipe(
          embedded, stage, new WebSocketCodec(null, WebSocketOptions.DEFAULT, "a peer"), false);

  /** What was handed over, all parts as one. */
  private List<String> all() {
    return owner.batches.stream()
        .flatMap(List::stream)
        .map(one -> one.content().toUtf8String())
        .toList();
  }

  private static List<String> texts(int count) {
    return IntStream.range(0, count).mapToObj(i -> "message " + i).toList();
  }

  private static Frames frames(List<String> texts) {
    Frames frames = new Frames(true);
    texts.forEach(text -> frames.add(0x82, text));
    return frames;
  }

  @BeforeEach
  void smallMessagesHaveCome() {
    pipe.read();
    stage.arrive(frames(texts(MANY)).toByteArray());
    assertThat(owner.batches).as("nobody knows yet that they are small").hasSize(1);
    owner.batches.clear();
    pipe.read();
  }

  @Test
  void allOfThemComeInTheirOrder() {
    byte[] bytes = frames(texts(MANY)).toByteArray();
    stage.arrive(bytes);
    assertThat(all()).isEqualTo(texts(MANY));
    assertThat(owner.batches).hasSize((bytes.length + SocketPipe.PART - 1) / SocketPipe.PART);
    assertThat(stage.reading).as("nobody has asked for more").isFalse();
  }

  @Test
  void whoAsksWithinAPartIsGivenTheNextReadOnlyAfterTheLast() {
    owner.onContent =
        () -> {
          pipe.read();
          assertThat(stage.reading).isFalse();
        };
    stage.arrive(frames(texts(MANY)).toByteArray());
    assertThat(all()).isEqualTo(texts(MANY));
    assertThat(stage.reading).isTrue();
  }

  @Test
  void nothingIsHandedOverAfterClosingAndThePeersFarewellIsHeard() {
    owner.onContent =
        () -> {
          if (owner.batches.size() == 2) {
            pipe.close();
          }
        };
    stage.arrive(frames(texts(MANY)).add(0x88, "").toByteArray());
    assertThat(owner.batches).hasSize(2);
    assertThat(all()).isEqualTo(texts(all().size()));
    assertThat(owner.ends).containsExactly("closed");
  }

  @Test
  void aStageThatHasTheEndReadyTellsItAfterAllParts() {
    owner.onContent = pipe::close;
    stage.onRead = stage::end;
    stage.arrive(frames(texts(MANY)).add(0x88, "").toByteArray());
    assertThat(owner.ends).containsExactly("closed");
  }

  @Test
  void whatAnswersToAllPartsSayLeavesInOneWrite() {
    Frames frames = frames(texts(MANY)).add(0x89, "ping");
    texts(MANY).forEach(text -> frames.add(0x82, text));
    stage.arrive(frames.add(0x89, "pong").toByteArray());
    assertThat(stage.flushes).isEqualTo(1);
  }

  @Test
  void theRestOfAReadSaysNothingAboutTheNext() {
    byte[] bytes = frames(texts(MANY)).toByteArray();
    int cut = bytes.length / SocketPipe.PART * SocketPipe.PART + 1;
    stage.arrive(Arrays.copyOf(bytes, cut));
    pipe.read();
    stage.arrive(Arrays.copyOfRange(bytes, cut, bytes.length));
    pipe.read();
    owner.batches.clear();
    stage.arrive(bytes);
    assertThat(owner.batches).hasSizeGreaterThan(1);
  }

  @Test
  void nothingIsHandedOverAfterAborting() {
    owner.onContent = pipe::abort;
    stage.arrive(frames(texts(MANY)).toByteArray());
    assertThat(owner.batches).hasSize(1);
    assertThat(stage.calls).containsExactly("abort");
    assertThat(owner.ends).isEmpty();
  }

  @Test
  void whatCameBeforeAViolationIsHandedOverAndNothingAfterIt() {
    Frames frames = frames(texts(MANY)).raw(0xFF);
    for (String late : texts(MANY)) {
      frames.add(0x82, late);
    }
    stage.arrive(frames.toByteArray());
    assertThat(all()).isEqualTo(texts(MANY));
    assertThat(owner.failure).isInstanceOf(FramingException.class);
    assertThat(owner.ends).containsExactly("failed");
  }

  @Test
  void whatIsNotSmallIsNotCut() {
    String large = "x".repeat(3 * SocketPipe.PART);
    stage.arrive(frames(List.of(large)).toByteArray());
    pipe.read();
    owner.batches.clear();
    stage.arrive(frames(List.of(large, large)).toByteArray());
    assertThat(owner.batches).hasSize(1);
    assertThat(all()).containsExactly(large, large);
  }
}
