package dev.earshot.examples.cli;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The one thread that a command's callbacks run on. */
final class CommandQueue {
  private CommandQueue() {}

  static ExecutorService open() {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, "callbacks");
          thread.setDaemon(true);
          return thread;
        });
  }
}
