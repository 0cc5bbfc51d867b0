package dev.earshot.security.tls;

import dev.earshot.Connection;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkClock;
import dev.earshot.NetworkException;
import dev.earshot.RegistrationChange;
import dev.earshot.Service;
import dev.earshot.security.tls.pairing.Agreement;
import dev.earshot.security.tls.pairing.Card;
import dev.earshot.security.tls.pairing.Code;
import dev.earshot.security.tls.pairing.ShowingExchange;
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The side that shows the code: a listener, and {@link Visitor visitors} of whom one at a time may
 * try the code, as {@link CodeDesk} has it. What happens is told by {@link PairingLife}.
 *
 * <p>Threads: any. The listener's events come on its loop and are done in a moment.
 */
final class ShownPairing implements Pairing {
  private final Listener listener;
  private final NetworkClock clock;
  private final Card self;
  private final Code code;
  private final Supplier<BigInteger> scalars;
  private final CodeDesk<Visitor> desk = new CodeDesk<>();
  private final PairingLife life = new PairingLife(this);
  private volatile NetworkClock.@Nullable Timer expiry;

  ShownPairing(Network network, PairingOptions options, Code code, Supplier<BigInteger> scalars) {
    this.listener = network.listener(options.parameters());
    this.clock = network.clock();
    this.self = options.self();
    this.code = code;
    this.scalars = scalars;
    if (options.isAdvertising()) {
      listener.advertise(Service.of(options.name(), SERVICE_TYPE));
    }
  }

  @Override
  public Pairing start(Handler handler, Executor queue) {
    life.begin(handler, queue);
    try {
      listener.start(new Door(), Runnable::run);
    } catch (IllegalStateException e) {
      end(new State.Cancelled(), told -> {}); // the network was closed, or somebody was quicker
      throw e;
    }
    return this;
  }

  @Override
  public String code() {
    return code.shown();
  }

  @Override
  public State state() {
    return life.state();
  }

  @Override
  public OptionalInt port() {
    return listener.port();
  }

  @Override
  public CompletableFuture<PairedPeer> paired() {
    return life.paired();
  }

  @Override
  public CompletableFuture<Void> cancel() {
    return end(new State.Cancelled(), told -> {});
  }

  @Override
  public void close() {
    cancel();
  }

  /** Enters the last state, unless there is one, and frees everything. */
  private CompletableFuture<Void> end(State last, Consumer<Handler> before) {
    life.enter(last, before);
    NetworkClock.Timer running = expiry;
    if (running != null) {
      running.cancel();
    }
    List<CompletableFuture<?>> ends = new ArrayList<>();
    desk.close().forEach(visitor -> ends.add(visitor.end()));
    ends.add(listener.cancel());
    return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new));
  }

  private void opened() {
    if (life.enter(new State.Open(desk.triesLeft())) && expiry == null) {
      expiry =
          clock.schedule(CODE_LIFE, () -> end(new State.Failed(Failures.expired()), told -> {}));
      if (life.state().isOver()) {
        expiry.cancel(); // it ended meanwhile, and did not see the timer
      }
    }
  }

  @Override
  public String toString() {
    return "Pairing[shows a code on " + listener + "]";
  }

  /** What the listener has to say. */
  private final class Door implements Listener.Handler {
    private boolean opened; // only on the listener's loop

    @Override
    public void newConnection(Listener self, Connection connection) {
      Visitor visitor = new Visitor(connection, clock, new Reception());
      Optional<Visitor> leaving = desk.arrived(visitor);
      if (leaving.isPresent() && leaving.get() == visitor) {
        connection.forceCancel();
        return;
      }
      leaving.ifPresent(Visitor::drop);
      visitor.begin();
    }

    @Override
    public void stateUpdated(Listener self, Listener.State state) {
      if (state instanceof Listener.State.Ready && !opened) {
        opened = true;
        opened();
      } else if (state instanceof Listener.State.Failed failed) {
        end(new State.Failed(failed.cause()), told -> {});
      } else if (state instanceof Listener.State.Cancelled) {
        end(new State.Cancelled(), told -> {}); // the network was closed
      }
    }

    @Override
    public void registrationUpdated(Listener self, RegistrationChange change) {
      if (change instanceof RegistrationChange.Added added) {
        life.tell(told -> told.advertised(ShownPairing.this, added.endpoint()));
      }
    }

    @Override
    public void registrationFailed(Listener self, NetworkException cause) {
      life.tell(told -> told.advertisingFailed(ShownPairing.this, cause));
    }
  }

  /** What a visitor asks for. */
  private final class Reception implements Visitor.Host {
    @Override
    public CodeDesk.Admission admit(Visitor visitor) {
      CodeDesk.Admission admission = desk.admit(visitor);
      if (admission == CodeDesk.Admission.ADMITTED && !life.enter(new State.Exchanging())) {
        desk.free();
        return CodeDesk.Admission.OVER;
      }
      return admission;
    }

    @Override
    public ShowingExchange exchange() {
      return new ShowingExchange(code, self, scalars);
    }

    @Override
    public void tryBegins() {
      desk.countTry();
    }

    @Override
    public void wrongCode(Visitor visitor) {
      tryFailed(Failures.wrongCodeShown(visitor, desk.triesLeft()));
    }

    @Override
    public void failed(Visitor visitor, NetworkException cause) {
      tryFailed(cause instanceof PairingException known ? known : Failures.gone(visitor, cause));
    }

    private void tryFailed(PairingException cause) {
      int left = desk.triesLeft();
      if (left == 0) {
        end(
            new State.Failed(Failures.noTriesLeft()),
            told -> told.tryFailed(ShownPairing.this, cause, 0));
        return;
      }
      // First the state, then the next visitor: or its exchange would be told before this one's
      // end.
      life.enter(new State.Open(left), told -> told.tryFailed(ShownPairing.this, cause, left));
      desk.free();
    }

    @Override
    public void succeeded(Agreement agreement) {
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      PairedPeer peer =
          new PairedPeer(agreement.peer().name(), agreement.key(), now, Optional.empty());
      end(new State.Paired(peer), told -> {});
    }

    @Override
    public void left(Visitor visitor) {
      desk.left(visitor);
    }
  }
}
