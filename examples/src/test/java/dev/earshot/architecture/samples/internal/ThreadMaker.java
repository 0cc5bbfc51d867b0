package dev.earshot.architecture.samples.internal;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** Makes a pool where it happens to need one. */
final class ThreadMaker {
  private ThreadMaker() {}

  static Executor pool() {
    return Executors.newCachedThreadPool();
  }
}
