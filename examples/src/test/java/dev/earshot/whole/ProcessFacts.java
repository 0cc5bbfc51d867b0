package dev.earshot.whole;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this process holds: memory, threads, descriptors. */
final class ProcessFacts {
  private ProcessFacts() {}

  /** Bytes outside the heap in Netty's buffers, by Netty's own account. */
  static long directBytes() {
    try {
      Class<?> account = Class.forName("io.netty.util.internal.PlatformDependent");
      return (long) account.getMethod("usedDirectMemory").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** The most of the heap that was ever in use, garbage included. */
  static long peakHeapBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }

  /** The heap in use after a collection. */
  static long liveHeapBytes() {
    ManagementFactory.getMemoryMXBean().gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** The live threads of the library's. */
  static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.matches("(?i).*(earshot|netty|jmdns|mdns|socketlistener).*"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** How many sockets this process has open; 0 where the system does not tell. */
  static long sockets() {
    return descriptors().filter(target -> target.startsWith("socket:")).count();
  }

  /** How many descriptors this process has open, of all kinds; 0 where the system does not tell. */
  static long allDescriptors() {
    return descriptors().count();
  }

  private static Stream<String> descriptors() {
    Path folder = Path.of("/proc/self/fd");
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (Stream<Path> links = Files.list(folder)) {
      return links.map(ProcessFacts::target).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException gone) {
      return "gone";
    }
  }

  /** The names of what a library might leave in the folder for temporary files. */
  static Set<String> temporaryFiles() {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("(lib(earshot|netty)|jmdns).*"))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
