package dev.earshot.security.tls.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.earshot.security.tls.dtls.CertificateRows;
import dev.earshot.security.tls.dtls.DtlsRows;
import dev.earshot.security.tls.pki.PkiRows;
import dev.earshot.security.tls.psk.PskRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Runs every pairing of the table in docs/security.md, and then compares the table with what came
 * out. To rewrite it:
 *
 * <pre>mvn -pl security-tls -am test -Dtest=InteropTableInteropTest \
 *     -Dsurefire.failIfNoSpecifiedTests=false -Dearshot.interop.write=true</pre>
 */
@Tag("network")
@Tag("once")
@Timeout(300)
class InteropTableInteropTest {
  private static final String BEGIN = "<!-- interoperability: begin -->\n";
  private static final String END = "<!-- interoperability: end -->";
  private static final String HEAD =
      "| protocol | by | suite | other side | Earshot | outcome |\n|---|---|---|---|---|---|\n";

  /** Rows that were shown to be true. */
  private final Set<Row> shown = new HashSet<>();

  /** Everybody's rows; a new kind of security adds its own here. */
  private static List<Row> rows() {
    return Stream.of(PskRows.all(), PkiRows.all(), DtlsRows.all(), CertificateRows.all())
        .flatMap(List::stream)
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> everyRowIsTrueAndInTheTable() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Row row : rows()) {
      tests.add(DynamicTest.dynamicTest(row.what().toString(), () -> show(row)));
    }
    tests.add(DynamicTest.dynamicTest("the table in docs/security.md", this::compareTable));
    return tests.stream();
  }

  private void show(Row row) throws Exception {
    requireTool(row.what().tool());
    row.run().run();
    shown.add(row);
  }

  private void compareTable() throws IOException {
    assumeTrue(shown.size() == rows().size(), "not all rows could be run");
    Path page = Path.of(System.getProperty("earshot.root"), "docs", "security.md");
    String text = Files.readString(page);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    int to = text.indexOf(END);
    assertThat(to).as("the page has a place for the table").isGreaterThanOrEqualTo(from);
    String table =
        rows().stream()
            .sorted(
                Comparator.comparing((Row row) -> row.what().protocol())
                    .thenComparing(row -> row.what().proof())
                    .thenComparing(row -> row.what().suite())
                    .thenComparing(row -> row.what().peer())
                    .thenComparing(row -> row.what().role()))
            .map(row -> row.markdown() + "\n")
            .collect(Collectors.joining("", HEAD, ""));
    if (Boolean.getBoolean("earshot.interop.write")) {
      Files.writeString(page, text.substring(0, from) + table + text.substring(to));
      return;
    }
    assertThat(text.substring(from, to))
        .as("rewrite it with the command in this class's documentation")
        .isEqualTo(table);
  }

  private static void requireTool(String tool) throws IOException, InterruptedException {
    boolean present =
        tool.equals("java") || new ProcessBuilder("which", tool).start().waitFor() == 0;
    if ("true".equals(System.getProperty("earshot.ci"))) {
      assertThat(present).as("%s is installed", tool).isTrue();
    }
    assumeTrue(present, tool + " is not installed");
  }
}
