package dev.earshot.examples.cli;

import java.util.List;

/** Says goodbye also when the program is ended from outside, for instance by Ctrl-C. */
final class GoodbyeOnExit implements AutoCloseable {
  private final Thread hook;
  private volatile boolean begun;

  /** Will close {@code handles}, in this order. */
  GoodbyeOnExit(AutoCloseable... handles) {
    hook =
        new Thread(
            () -> {
              begun = true;
              close(List.of(handles));
            },
            "goodbye");
  }

  /** Whether the program is being ended from outside. */
  boolean hasBegun() {
    return begun;
  }

  /** From here on the handles are closed when the program is ended. */
  void watch() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private static void close(List<AutoCloseable> handles) {
    for (AutoCloseable handle : handles) {
      try {
        handle.close();
      } catch (Exception e) {
        System.err.println("earshot: saying goodbye: " + Earshot.explain(e));
      }
    }
  }

  /** The handles are closed by their owner: there is nothing left to do at the end. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The program is ending already, and the hook is at work.
      return;
    }
  }
}
