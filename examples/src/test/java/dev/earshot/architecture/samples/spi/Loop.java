package dev.earshot.architecture.samples.spi;

/** What a clock of ours is. */
public interface Loop {
  long nanoTime();
}
