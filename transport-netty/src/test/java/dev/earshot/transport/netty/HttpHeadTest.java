package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.FramingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpHeadTest {
  private static HttpHead parse(String text) throws FramingException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return HttpHead.parse(bytes, bytes.length);
  }

  @Test
  void aHeadIsItsFirstLineAndItsFields() throws FramingException {
    HttpHead head = parse("GET / HTTP/1.1\r\nHost: den\r\nX-A: 1\r\nx-a:  2 \r\n\r\n");
    assertThat(head.startLine()).isEqualTo("GET / HTTP/1.1");
    assertThat(head.headers()).isEqualTo(Map.of("host", List.of("den"), "x-a", List.of("1", "2")));
  }

  @Test
  void aHeadMayBeALineWithoutFieldsAndWithoutAnEnd() throws FramingException {
    assertThat(parse("HTTP/1.1 200\r\n\r\n").headers()).isEmpty();
    assertThat(parse("HTTP/1.1 200").startLine()).isEqualTo("HTTP/1.1 200");
  }

  @Test
  void emptyLinesAloneAreNoHead() {
    assertThatThrownBy(() -> parse("\r\n\r\n")).isInstanceOf(FramingException.class);
    assertThatThrownBy(() -> parse("\r\n")).isInstanceOf(FramingException.class);
  }

  @Test
  void anEmptyLineBeforeAFieldIsAFieldWithoutAName() {
    assertThatThrownBy(() -> parse("GET /\r\n\r\nHost: den\r\n\r\n"))
        .isInstanceOf(FramingException.class);
  }

  @Test
  void halfALineEndIsAControlCharacter() {
    assertThatThrownBy(() -> parse("GET /\nHost: den\r\n\r\n"))
        .isInstanceOf(FramingException.class);
    assertThatThrownBy(() -> parse("GET /\r\nHost: den\r\r\n\r\n"))
        .isInstanceOf(FramingException.class);
  }

  @Test
  void tokensAreVisibleAsciiWithoutSeparators() {
    for (char c = 0; c < 0x180; c++) {
      boolean token =
          c > 0x20 && c < 0x7F && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0; // RFC 9110, 5.6.2
      assertThat(HttpHead.isToken("a" + c)).as("U+%04x", (int) c).isEqualTo(token);
    }
    assertThat(HttpHead.isToken("")).isFalse();
  }
}
