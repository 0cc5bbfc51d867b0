package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuicRetryTokensTest {
  private static final InetSocketAddress PEER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 4242);

  private long now = -5;
  private boolean open = true;
  private final QuicRetryTokens tokens = new QuicRetryTokens(() -> now, () -> open);

  @Test
  void aTokenIsGoodForTheAddressItWasSentTo() {
    byte[] token = token(8);
    assertThat(isValid(token, PEER)).isTrue();
    assertThat(isValid(token, new InetSocketAddress(PEER.getAddress(), 4243))).isFalse();
    assertThat(isValid(token, new InetSocketAddress("127.0.0.2", 4242))).isFalse();
  }

  @Test
  void aTokenIsGoodForTenSeconds() {
    byte[] token = token(20);
    now += Duration.ofSeconds(10).toNanos();
    assertThat(isValid(token, PEER)).isTrue();
    now++;
    assertThat(isValid(token, PEER)).isFalse();
    now -= Duration.ofSeconds(11).toNanos();
    assertThat(isValid(token, PEER)).isFalse();
  }

  @Test
  void aTokenThatWasChangedIsNone() {
    byte[] token = token(8);
    for (int i = 0; i < token.length; i++) {
      token[i] ^= 1;
      assertThat(isValid(token, PEER)).as("byte " + i).isFalse();
      token[i] ^= 1;
    }
  }

  @Test
  void whatIsTooShortOrTooLongIsNone() {
    for (int length = 0; length < 64; length++) {
      assertThat(isValid(new byte[length], PEER)).isFalse();
    }
    assertThat(isValid(new byte[1_200], PEER)).isFalse();
  }

  @Test
  void nobodyIsLetInByAPortThatIsClosed() {
    byte[] token = token(8);
    open = false;
    assertThat(isValid(token, PEER)).isFalse();
  }

  @Test
  void anotherPortBelievesNoneOfIt() {
    byte[] token = token(8);
    assertThat(
            new QuicRetryTokens(() -> now, () -> true)
                .validateToken(Unpooled.wrappedBuffer(token), PEER, Unpooled.EMPTY_BUFFER)
                .isValid())
        .isFalse();
  }

  private byte[] token(int idLength) {
    ByteBuf out = Unpooled.buffer(tokens.maxTokenLength(), tokens.maxTokenLength());
    assertThat(tokens.writeToken(out, Unpooled.wrappedBuffer(new byte[idLength]), PEER)).isTrue();
    byte[] token = new byte[out.readableBytes()];
    out.readBytes(token);
    return token;
  }

  private boolean isValid(byte[] token, InetSocketAddress from) {
    return tokens
        .validateToken(Unpooled.wrappedBuffer(token), from, Unpooled.EMPTY_BUFFER)
        .isValid();
  }
}
