package dev.earshot.whole;

import dev.earshot.DatagramCounts;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.SecurityMetadata;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Pipe;
import dev.earshot.spi.Port;
import dev.earshot.spi.Transport;
import dev.earshot.spi.TransportProvider;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A transport with one flaw: it throws, which none may, or its ports are slow, or get lost. */
final class FlawedTransport implements Transport, TransportProvider {
  /** How long a port takes, or lives. */
  static final Duration LONG = Duration.ofSeconds(5);

  private final Transport good;
  private final Flaw flaw;

  FlawedTransport(Transport good, Flaw flaw) {
    this.good = good;
    this.flaw = flaw;
  }

  /** What is wrong. */
  enum Flaw {
    /** Dialling throws. */
    DIALLING,
    /** Sending throws. */
    SENDING,
    /** Closing throws. */
    CLOSING,
    /** A port is bound long after it was asked for. */
    SLOW_PORTS,
    /** A port is lost long after it was bound. */
    LOST_PORTS
  }

  private void spoil(Flaw here) {
    if (flaw == here) {
      throw new IllegalStateException("thrown on purpose, while " + here);
    }
  }

  @Override
  public String name() {
    return "flawed";
  }

  @Override
  public Transport open(Executor workers) {
    return this;
  }

  @Override
  public boolean supports(Parameters parameters) {
    return good.supports(parameters);
  }

  @Override
  public Loop nextLoop() {
    return good.nextLoop();
  }

  @Override
  public Dial dial(Loop loop, DialRequest request, Dial.Events events) {
    spoil(Flaw.DIALLING);
    return good.dial(loop, request, new Flawed(events));
  }

  @Override
  public Port listen(Loop loop, ListenRequest request, Port.Events events) {
    FlawedPort flawed = new FlawedPort(loop, events);
    flawed.port = good.listen(loop, request, flawed);
    return flawed;
  }

  @Override
  public void close() {
    good.close();
  }

  private final class FlawedPort implements Port, Port.Events {
    private final Loop loop;
    private final Port.Events events;
    private @Nullable Port port;
    private boolean closed;

    private FlawedPort(Loop loop, Port.Events events) {
      this.loop = loop;
      this.events = events;
    }

    @Override
    public void bound(int number) {
      if (flaw == Flaw.SLOW_PORTS) {
        later(() -> events.bound(number));
        return;
      }
      events.bound(number);
      if (flaw == Flaw.LOST_PORTS) {
        UnreachableException lost = new UnreachableException("lost on purpose: " + number);
        later(() -> events.failed(lost));
      }
    }

    private void later(Runnable event) {
      loop.schedule(
          LONG,
          () -> {
            if (!closed) {
              event.run();
            }
          });
    }

    @Override
    public void accepting(boolean value) {
      if (port != null) {
        port.accepting(value);
      }
    }

    @Override
    public void close() {
      closed = true;
      if (port != null) {
        port.close();
      }
    }

    @Override
    public void accepted(Arrival arrival) {
      events.accepted(arrival);
    }

    @Override
    public void failed(NetworkException cause) {
      events.failed(cause);
    }
  }

  private final class Flawed implements Dial.Events {
    private final Dial.Events events;

    private Flawed(Dial.Events events) {
      this.events = events;
    }

    @Override
    public void connected(NetworkPath path) {
      events.connected(path);
    }

    @Override
    public void ready(Pipe pipe) {
      events.ready(new FlawedPipe(pipe));
    }

    @Override
    public void failed(NetworkException cause) {
      events.failed(cause);
    }
  }

  private final class FlawedPipe implements Pipe {
    private final Pipe pipe;

    private FlawedPipe(Pipe pipe) {
      this.pipe = pipe;
    }

    @Override
    public NetworkPath path() {
      return pipe.path();
    }

    @Override
    public Optional<SecurityMetadata> securityMetadata() {
      return pipe.securityMetadata();
    }

    @Override
    public Optional<HttpUpgrade> upgrade() {
      return pipe.upgrade();
    }

    @Override
    public boolean isMessageBased() {
      return pipe.isMessageBased();
    }

    @Override
    public int maximumDatagramSize() {
      return pipe.maximumDatagramSize();
    }

    @Override
    public DatagramCounts datagramCounts() {
      return pipe.datagramCounts();
    }

    @Override
    public void attach(Inbound inbound, Outbound outbound) {
      pipe.attach(inbound, outbound);
    }

    @Override
    public void wakeUp() {
      spoil(Flaw.SENDING);
      pipe.wakeUp();
    }

    @Override
    public void read() {
      pipe.read();
    }

    @Override
    public void close() {
      spoil(Flaw.CLOSING);
      pipe.close();
    }

    @Override
    public void abort() {
      pipe.abort();
    }
  }
}
