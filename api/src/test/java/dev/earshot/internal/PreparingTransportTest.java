package dev.earshot.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Pipe;
import dev.earshot.spi.Port;
import dev.earshot.spi.StreamSecurity;
import dev.earshot.spi.Transport;
import dev.earshot.testing.VirtualTime;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** What security needs is loaded on a worker, before the first handshake and once. */
class PreparingTransportTest {
  private final VirtualTime time = new VirtualTime(1);
  private final Loop loop = time.loop("loop");
  private final Queue<Runnable> workers = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();
  private final Recorder recorder = new Recorder();
  private PreparingTransport transport = new PreparingTransport(recorder, workers::add);

  @Test
  void aDialWaitsForThePreparationAndTheNextDoesNot() {
    dial(new Slow());
    time.runUntilIdle();
    assertThat(done).as("nothing before it is prepared").isEmpty();

    workers.remove().run();
    time.runUntilIdle();
    assertThat(done).containsExactly("prepared", "dialled");

    dial(new Slow());
    assertThat(done).endsWith("dialled", "dialled");
    assertThat(workers).isEmpty();
  }

  @Test
  void aPortIsOpenMeanwhile() {
    onLoop(() -> transport.listen(loop, listening(Optional.of(new Slow())), new NoPort()));
    assertThat(done).containsExactly("listened");
    assertThat(workers).hasSize(1);
  }

  @Test
  void aDialThatIsCancelledMeanwhileDoesNotHappen() {
    Dial dial = dial(new Slow());
    onLoop(dial::cancel);
    workers.remove().run();
    time.runUntilIdle();

    assertThat(done).containsExactly("prepared");
  }

  @Test
  void aDialThatHasBegunIsCancelledItself() {
    Dial dial = dial(new Slow());
    workers.remove().run();
    time.runUntilIdle();
    assertThat(dial.suspicion()).isEmpty();
    onLoop(dial::cancel);

    assertThat(done).containsExactly("prepared", "dialled", "cancelled");
  }

  @Test
  void whatIsNotProtectedNeedsNothing() {
    dial(null);
    assertThat(done).containsExactly("dialled");
    assertThat(workers).isEmpty();
  }

  @Test
  void aPreparationThatFailsOrIsRefusedIsNoReasonNotToTry() {
    dial(
        new Slow() {
          @Override
          public void prepare() {
            throw new IllegalStateException("no such class");
          }
        });
    workers.remove().run();
    time.runUntilIdle();
    assertThat(done).containsExactly("dialled");

    transport =
        new PreparingTransport(
            recorder,
            task -> {
              throw new RejectedExecutionException("closed");
            });
    dial(new Slow());
    assertThat(done).containsExactly("dialled", "dialled");
  }

  private Dial dial(StreamSecurity security) {
    List<Dial> made = new ArrayList<>();
    DialRequest request =
        new DialRequest(
            new InetSocketAddress("10.0.0.1", 1),
            Optional.empty(),
            Endpoint.hostPort("10.0.0.1", 1),
            Parameters.tcp().build(),
            Optional.ofNullable(security));
    onLoop(() -> made.add(transport.dial(loop, request, new NoDial())));
    return made.get(0);
  }

  private static ListenRequest listening(Optional<StreamSecurity> security) {
    return new ListenRequest(
        List.of(new InetSocketAddress("10.0.0.1", 1)), Parameters.tcp().build(), security);
  }

  private void onLoop(Runnable task) {
    loop.execute(task);
    time.runUntilIdle();
  }

  /** Security that takes its time to load. */
  private class Slow implements StreamSecurity {
    @Override
    public void prepare() {
      done.add("prepared");
    }

    @Override
    public SecuredStream open(Role role, String peer) {
      throw new AssertionError("nobody comes so far");
    }
  }

  /** Takes note of what it is asked for. */
  @Test
  void whatStandsBeforeATransportPassesOnEverythingThatCanBeAsked() {
    for (Class<?> before : List.of(PreparingTransport.class, WatchedTransport.class)) {
      for (Method asked : Transport.class.getDeclaredMethods()) {
        if (!Modifier.isStatic(asked.getModifiers())) {
          assertThatCode(() -> before.getDeclaredMethod(asked.getName(), asked.getParameterTypes()))
              .as("%s.%s", before.getSimpleName(), asked.getName())
              .doesNotThrowAnyException();
        }
      }
    }
  }

  private final class Recorder implements Transport {
    @Override
    public boolean supports(Parameters parameters) {
      return true;
    }

    @Override
    public Loop nextLoop() {
      return loop;
    }

    @Override
    public Dial dial(Loop on, DialRequest request, Dial.Events events) {
      on.assertInLoop();
      done.add("dialled");
      return () -> done.add("cancelled");
    }

    @Override
    public Port listen(Loop on, ListenRequest request, Port.Events events) {
      done.add("listened");
      return null;
    }

    @Override
    public void close() {
      done.add("closed");
    }
  }

  /** Nothing comes of what is dialled here. */
  private static final class NoDial implements Dial.Events {
    @Override
    public void connected(NetworkPath path) {}

    @Override
    public void ready(Pipe pipe) {}

    @Override
    public void failed(NetworkException cause) {}
  }

  /** Nobody comes to what is bound here. */
  private static final class NoPort implements Port.Events {
    @Override
    public void bound(int number) {}

    @Override
    public void accepted(dev.earshot.spi.Arrival arrival) {}

    @Override
    public void failed(NetworkException cause) {}
  }
}
