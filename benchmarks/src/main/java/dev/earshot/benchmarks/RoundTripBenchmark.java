package dev.earshot.benchmarks;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How long does an echo take, one in flight, from the application's call to its thread? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class RoundTripBenchmark {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  @Param({"earshot-ws", "earshot-ws-psk"})
  public String contestant;

  @Param("64")
  public int size;

  private Loopback loopback;
  private Echo echo;

  @Setup
  public void connect() throws Exception {
    loopback = Loopback.open(contestant, "rtt:" + size);
    echo = new Echo(loopback.link(), size);
  }

  @TearDown
  public void close() {
    loopback.close();
  }

  @Benchmark
  public long echo() throws Exception {
    return echo.once(PATIENCE);
  }
}
