package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void writesWhatOthersCanRead() {
    Object value = Map.of("a \"quoted\"\nline", List.of(1, 2.5, Double.NaN, "x"));

    assertThat(Json.of(value).replaceAll("\\n *", ""))
        .isEqualTo("{\"a \\\"quoted\\\"\\u000aline\": [1,2.5,null,\"x\"]}");
  }
}
