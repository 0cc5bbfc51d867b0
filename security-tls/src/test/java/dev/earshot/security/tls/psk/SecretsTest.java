package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Parameters;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.security.tls.engine.TlsEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A key appears in nothing that is printed. */
class SecretsTest {
  private static final String TEXT = "Xyzzy-plugh-abracadabra-sesame-7";
  private static final byte[] SECRET = TEXT.getBytes(StandardCharsets.US_ASCII);

  @ParameterizedTest
  @EnumSource
  void noTextOfAnySortTellsTheKey(PskSuite suite) {
    PreSharedKey key = PreSharedKey.of("kitchen", SECRET);
    List<Object> said = new ArrayList<>();
    said.add(key);
    for (PskSource source : List.of(PskSource.of(key), PskSource.anyIdentity(key))) {
      Security.Psk security = EnginePair.anyVersion(source);
      said.addAll(List.of(source, security, security.requireForwardSecrecy()));
      said.add(Parameters.tcp().security(security).build());
      said.add(new PskSecurity(security));
    }
    PskSource right = PskSource.of(key);
    PskSource wrong = PskSource.of(EnginePair.key("kitchen"));
    PskSource unknown = PskSource.of(PreSharedKey.of("cellar", SECRET));
    PskSource broken = identity -> CompletableFuture.failedStage(new IllegalStateException("no"));
    PskSource clumsy =
        identity -> {
          throw new IllegalStateException("cannot find " + key);
        };
    say(said, EnginePair.ofSuite(suite, right, right));
    say(said, EnginePair.ofSuite(suite, right, wrong));
    say(said, EnginePair.ofSuite(suite, wrong, right));
    say(said, EnginePair.ofSuite(suite, unknown, right));
    say(said, EnginePair.ofSuite(suite, right, broken));
    say(said, EnginePair.ofSuite(suite, right, clumsy));
    key.destroy();
    say(said, EnginePair.ofSuite(suite, right, right));

    for (Object each : said) {
      String text = text(each);
      String lower = text.toLowerCase(Locale.ROOT);
      assertThat(text).doesNotContain(TEXT).doesNotContain(Arrays.toString(SECRET));
      assertThat(lower).doesNotContain(HexFormat.of().formatHex(SECRET));
      assertThat(text).doesNotContain(Base64.getEncoder().encodeToString(SECRET));
    }
  }

  private static void say(List<Object> said, EnginePair pair) {
    pair.exchange();
    for (EngineSide side : List.of(pair.client, pair.server)) {
      said.addAll(List.of(side.stream, side.engine, side.engine.getSession()));
      if (side.thrown == null && ((TlsEngine) side.engine).isOpen()) {
        said.add(side.stream.metadata());
      } else if (side.thrown != null) {
        said.addAll(List.of(side.thrown, side.stream.explain(side.thrown)));
      }
    }
  }

  /** What is printed of it; of an exception, all. */
  private static String text(Object any) {
    if (any instanceof Throwable thrown) {
      StringWriter trace = new StringWriter();
      thrown.printStackTrace(new PrintWriter(trace));
      return trace.toString();
    }
    return any.toString();
  }
}
