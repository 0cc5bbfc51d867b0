package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams of groups over real sockets. */
@Tag("network")
@ParameterizedClass
@MethodSource("natives")
class QuicStreamsNetworkTest {
  @Parameter String natives;

  private QuicPair pair;
  private final QuicPair.Side dialling = new QuicPair.Side();

  static java.util.stream.Stream<String> natives() {
    return Natives.names();
  }

  @BeforeEach
  void open() {
    pair = new QuicPair(natives);
  }

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  void anEchoComesBackWithItsEnd() {
    ConnectionGroup group = pair.connect(QuicPair.options().build(), dialling);
    pair.listening().echo();
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("hello"));
    stream.send(Payload.utf8(" there"), SendOptions.FINAL);
    assertThat(QuicPair.readAll(stream)).isEqualTo(Payload.utf8("hello there"));
  }
}
