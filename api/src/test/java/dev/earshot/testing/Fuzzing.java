package dev.earshot.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The short run of a fuzz target that is part of the build: its seeds, every input that broke it
 * once ({@code src/test/fuzz/TARGET}), and mutations of both, the same in every run.
 *
 * <p>It leaves what it begins with in {@code target/fuzz/TARGET}, where the long run, guided by
 * coverage, begins too (see CONTRIBUTING.md). Immutable.
 */
public final class Fuzzing {
  private static final Path FINDINGS = Path.of("src", "test", "fuzz");
  private static final Path SEEDS = Path.of("target", "fuzz");

  /** How many times as many mutations, and which: to look for more without a fuzzer. */
  private static final int ROUNDS = Integer.getInteger("earshot.fuzz.rounds", 1);

  private static final int SEED = Integer.getInteger("earshot.fuzz.seed", 0);

  private final String name;
  private final Target target;
  private final List<byte[]> corpus = new ArrayList<>();

  /** A parser and its promises. */
  @FunctionalInterface
  public interface Target {
    /** Takes whatever a peer may send; throws only if a promise is broken. */
    void accept(byte[] input) throws Exception;
  }

  /**
   * The run of a target.
   *
   * @param type the class that the target is in; {@code XFuzz} has its findings in the folder X
   * @param seeds what honest peers send
   */
  public Fuzzing(Class<?> type, Target target, List<byte[]> seeds) throws IOException {
    this.name = type.getSimpleName().replaceFirst("Fuzz$", "");
    this.target = target;
    corpus.addAll(seeds);
    Path kept = SEEDS.resolve(name);
    Files.createDirectories(kept);
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(kept.resolve("seed-" + i), seeds.get(i));
    }
    corpus.addAll(findings());
  }

  private List<byte[]> findings() throws IOException {
    Path folder = FINDINGS.resolve(name);
    List<byte[]> findings = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.sorted().toList()) {
          findings.add(Files.readAllBytes(file));
        }
      }
    }
    return findings;
  }

  /** All of the corpus, and then {@code count} mutations of it for each round. */
  public void run(int count) {
    corpus.forEach(this::offer);
    offer(new byte[0]);
    Mutator mutator = new Mutator(new Random(name.hashCode() + SEED), corpus);
    for (int i = 0; i < count * ROUNDS; i++) {
      offer(mutator.next());
    }
  }

  private void offer(byte[] input) {
    try {
      target.accept(input);
    } catch (Exception | Error e) {
      throw new AssertionError(
          name + " broke a promise, given (Base64) " + Base64.getEncoder().encodeToString(input),
          e);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  /** A seed that is text. */
  public static byte[] text(String... lines) {
    return String.join("\r\n", lines).getBytes(StandardCharsets.UTF_8);
  }
}
