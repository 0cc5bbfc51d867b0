package dev.earshot.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How many chunks of 64 KiB a second go one way? 16,384 of them are one GiB. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 7, time = 2)
@Fork(2)
public class BulkBenchmark {
  @Param({"earshot-ws", "earshot-ws-psk", "earshot-tcp"})
  public String contestant;

  @Param("65536")
  public int chunk;

  private Loopback loopback;
  private Link.Sender sender;
  private byte[] bytes;
  private long sent;

  @Setup
  public void connect() throws Exception {
    loopback = Loopback.open(contestant, "bulk:" + chunk);
    sender = loopback.link().sender();
    bytes = Messages.data(chunk);
  }

  @TearDown(Level.Iteration)
  public void settle() throws Exception {
    loopback.settle(sender, sent);
    sent = 0;
  }

  @TearDown
  public void close() {
    loopback.close();
  }

  @Benchmark
  public void send() throws Exception {
    sender.send(bytes);
    sent++;
  }
}
