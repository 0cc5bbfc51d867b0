package dev.earshot.testing;

import java.lang.reflect.Method;

/**
 * How much memory a parser takes for the bytes that a peer sent.
 *
 * <p>Counts what a thread allocates, also what is free again, so the bound holds for the work as
 * well. Reflection, because a module under test reads no {@code java.management}.
 */
public final class Amplification {
  /** For classes that are loaded, and code that is linked, while we count. */
  private static final int ATTEMPTS = 4;

  /** What a fuzzer's own instruments take, as a multiple; 1 without them. */
  private static final int SLACK = Integer.getInteger("earshot.fuzz.slack", 1);

  private static final Method COUNTER = counter();

  /** What is done with a peer's bytes. */
  @FunctionalInterface
  public interface Step {
    /** Does it, from the beginning; called again if it took too much. */
    void run() throws Exception;
  }

  private Amplification() {}

  /**
   * Runs {@code step}.
   *
   * @param inputLength the peer's bytes
   * @param factor the bytes that each of them may cost
   * @param base the bytes that it may cost beyond that
   * @throws AssertionError if it takes more, again and again
   */
  public static void bounded(int inputLength, int factor, int base, Step step) throws Exception {
    long bound = SLACK * ((long) inputLength * factor + base);
    long taken = Long.MAX_VALUE;
    for (int attempt = 0; attempt < ATTEMPTS && taken > bound; attempt++) {
      long before = allocated();
      step.run();
      taken = Math.min(taken, allocated() - before);
    }
    if (taken > bound) {
      throw new AssertionError(
          inputLength + " bytes of a peer made us allocate " + taken + ", more than " + bound);
    }
  }

  private static long allocated() throws ReflectiveOperationException {
    Object bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    return (long) COUNTER.invoke(bean, Thread.currentThread().getId());
  }

  private static Method counter() {
    try {
      return Class.forName("com.sun.management.ThreadMXBean")
          .getMethod("getThreadAllocatedBytes", long.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM does not count what a thread allocates", e);
    }
  }
}
