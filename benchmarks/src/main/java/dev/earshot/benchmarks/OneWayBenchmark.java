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

/**
 * How many messages a second can one thread send, when the receiver keeps up? Back pressure makes
 * the rate of sending that of receiving; after each iteration all must have arrived, whole.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class OneWayBenchmark {
  @Param({"earshot-ws", "earshot-ws-psk"})
  public String contestant;

  @Param({"64", "1024"})
  public int size;

  private Loopback loopback;
  private Link.Sender sender;
  private byte[] message;
  private long sent;

  @Setup
  public void connect() throws Exception {
    loopback = Loopback.open(contestant, "thr:" + size);
    sender = loopback.link().sender();
    message = Messages.data(size);
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
    sender.send(message);
    sent++;
  }
}
