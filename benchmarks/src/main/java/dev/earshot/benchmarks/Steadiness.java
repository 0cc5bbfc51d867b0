package dev.earshot.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes round trips repeatable. A sleeping processor adds its wake-up to every echo, and whether
 * two threads share one changes an echo by half; so the server gets one half of the processors and
 * the client the other, and on each a process spins whenever nobody else wants to run (SCHED_IDLE).
 * Needs {@code taskset} and {@code chrt}, which Linux has; elsewhere it changes nothing.
 */
final class Steadiness implements AutoCloseable, Load.Own {
  private static final Duration START = Duration.ofSeconds(30);

  private final int processors = Runtime.getRuntime().availableProcessors();
  private final boolean kept;
  private final List<ChildJvm> spinning = new ArrayList<>();

  private Steadiness(boolean kept) {
    this.kept = kept;
  }

  /** Begins to keep the machine steady, if that is possible here. */
  static Steadiness keep(Launch launch) throws IOException, InterruptedException {
    Steadiness steadiness = new Steadiness(possible());
    if (steadiness.kept) {
      for (int i = 0; i < steadiness.processors; i++) {
        Launch spinner = launch.behind("taskset", "-c", "" + i, "chrt", "--idle", "0");
        steadiness.spinning.add(ChildJvm.start(spinner.command(Steadiness.class)));
      }
      for (ChildJvm one : steadiness.spinning) {
        one.answer(START);
      }
    }
    return steadiness;
  }

  /** Lets processors sleep and threads wander. */
  static Steadiness none() {
    return new Steadiness(false);
  }

  static boolean possible() throws InterruptedException {
    try {
      Process trial =
          new ProcessBuilder("taskset", "-c", "0", "chrt", "--idle", "0", "true").start();
      return trial.waitFor() == 0 && Runtime.getRuntime().availableProcessors() > 1;
    } catch (IOException expected) {
      return false; // there is no such program
    }
  }

  /** How to launch servers: on the second half of the processors. */
  Launch servers(Launch launch) {
    return on(launch, processors / 2, processors - 1);
  }

  /** How to launch clients: on the first half. */
  Launch clients(Launch launch) {
    return on(launch, 0, processors / 2 - 1);
  }

  private Launch on(Launch launch, int first, int last) {
    return kept ? launch.behind("taskset", "-c", first + "-" + last) : launch;
  }

  @Override
  public Duration cpu() {
    return spinning.stream().map(ChildJvm::cpu).reduce(Duration.ZERO, Duration::plus);
  }

  @Override
  public void close() {
    spinning.forEach(ChildJvm::close);
  }

  /** Spins until its input ends. */
  public static void main(String[] arguments) throws IOException {
    Thread spinner =
        new Thread(
            () -> {
              while (true) {
                // No onSpinWait: a virtual machine may be put to sleep for it.
              }
            });
    spinner.setDaemon(true);
    spinner.start();
    System.out.println("spinning");
    while (System.in.read() >= 0) {
      // commands mean nothing to a spinner
    }
  }
}
