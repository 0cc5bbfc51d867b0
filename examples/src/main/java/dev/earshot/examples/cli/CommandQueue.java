package dev.earshot.examples.cli;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The one thread that a command's callbacks run on. */
final class CommandQueue {
  private CommandQueue() {}

  /** Needs no end: its thread does not keep a program running, and is gone after an idle second. */
  static ExecutorService open() {
    ThreadPoolExecutor queue =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "callbacks");
              thread.setDaemon(true);
              return thread;
            });
    queue.allowCoreThreadTimeOut(true);
    return queue;
  }
}
