package dev.earshot.security.tls.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Payload;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The exchange that docs/pairing-vectors.txt publishes, for whoever writes the other side. */
class PairingVectorTest {
  private static final Path PUBLISHED =
      Path.of(System.getProperty("earshot.root", ".."), "docs", "pairing-vectors.txt");

  private static Vectors published() throws IOException {
    return Vectors.parse(Files.readString(PUBLISHED));
  }

  private static Supplier<BigInteger> numbers(Vectors vectors, String side) {
    List<BigInteger> numbers =
        Stream.of("x1", "x2", "v1", "v2", "v3")
            .map(name -> vectors.number(side + "-" + name))
            .toList();
    return Vectors.giving(numbers);
  }

  @Test
  void theExchangeWithThePublishedNumbersIsThePublishedOne() throws Exception {
    Vectors vectors = published();
    Code code = Code.parse(new String(vectors.bytes("code"), StandardCharsets.US_ASCII));
    EnteringExchange entering =
        new EnteringExchange(code, new Card("Kitchen"), numbers(vectors, "entering"));
    ShowingExchange showing =
        new ShowingExchange(code, new Card("Den"), numbers(vectors, "showing"));

    Message.Opening opening = entering.open();
    Message.Answer answer = showing.answer(opening);
    Message.Proof proof = entering.prove(answer);
    ShowingExchange.Accepted accepted = showing.accept(proof);
    EnteringExchange.Concluded concluded = entering.conclude(accepted.reply());
    showing.finish(concluded.reply());

    Map<String, String> actual = new TreeMap<>();
    actual.put("opening", hex(opening));
    actual.put("answer", hex(answer));
    actual.put("proof", hex(proof));
    actual.put("acceptance", hex(accepted.reply()));
    actual.put("done", hex(concluded.reply()));
    actual.put("identity", hex(concluded.agreement().key().identity()));
    actual.put("key", concluded.agreement().key().use(HexFormat.of()::formatHex));
    Map<String, String> wanted = new TreeMap<>();
    actual
        .keySet()
        .forEach(name -> wanted.put(name, HexFormat.of().formatHex(vectors.bytes(name))));
    assertThat(actual).isEqualTo(wanted);
    assertThat(accepted.agreement().key().matches(concluded.agreement().key())).isTrue();
    assertThat(accepted.agreement().peer().name()).isEqualTo("Kitchen");
    assertThat(concluded.agreement().peer().name()).isEqualTo("Den");
  }

  private static String hex(Message message) {
    return hex(MessageCodec.encode(message));
  }

  private static String hex(Payload bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
