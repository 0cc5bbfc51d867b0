package dev.earshot.internal.listener;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Listener;
import dev.earshot.Parameters;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.UnsupportedException;
import dev.earshot.internal.connection.Protection;
import dev.earshot.internal.listener.ListenerMachine.Effect;
import dev.earshot.internal.listener.ListenerMachine.Event;
import dev.earshot.internal.listener.ListenerMachine.Phase;
import dev.earshot.internal.listener.ListenerMachine.Transition;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.internal.queue.SerialQueue;
import dev.earshot.spi.Loop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The listener behind {@link Listener}: takes calls from any thread to the loop, and what happens
 * on the loop to the user's queue. What it does itself is to run the {@link ListenerMachine} and
 * perform its effects.
 */
public final class LiveListener implements Listener {
  private static final Logger STATES = System.getLogger("dev.earshot.states");

  private final ListenerHost host;
  private final Parameters parameters;
  private final Loop loop;
  private final SerialQueue queue;
  private final AtomicBoolean started = new AtomicBoolean();
  private final CompletableFuture<Listener> ready = new CompletableFuture<>(); // done on the queue
  private final CompletableFuture<Void> over = new CompletableFuture<>(); // done on the queue

  private volatile State state = new State.Setup(); // written on the loop
  private volatile OptionalInt port = OptionalInt.empty(); // written on the loop
  private volatile @Nullable Handler handler; // null before the start

  // All below: on the loop.
  private final ListenerMachine machine = new ListenerMachine();
  private final Binding binding;
  private final Entrance entrance;
  private final Advertiser advertiser;
  private boolean holding; // whether the host was told that this listener holds something
  private boolean cancelledTold;

  /** A listener, which holds nothing until it is started. */
  public LiveListener(ListenerHost host, Parameters parameters, Protection protection) {
    this.host = host;
    this.parameters = parameters;
    this.loop = host.connections().transport().nextLoop();
    Executor fallback = host.connections().fallbackQueue();
    this.queue = new SerialQueue(fallback, fallback);
    this.entrance = new Entrance(host.connections(), loop, parameters, this::links, new Guests());
    this.binding = new Binding(host, loop, parameters, protection, this::take, entrance::accept);
    this.advertiser =
        new Advertiser(
            host::discovery,
            loop,
            binding::advertisedOn,
            change -> tell(handler -> handler.registrationUpdated(this, change)),
            cause -> tell(handler -> handler.registrationFailed(this, cause)));
  }

  @Override
  public Listener advertise(Service service) {
    Objects.requireNonNull(service, "service");
    ServiceType.Transport fitting = parameters.protocol().serviceTransport();
    if (service.type().transport() != fitting) {
      throw new IllegalArgumentException(
          "service type %s does not fit the protocol: it has to end in _%s"
              .formatted(service.type(), fitting.name().toLowerCase(Locale.ROOT)));
    }
    host.discovery(); // throws if there is none
    Service named =
        service.name().isPresent()
            ? service
            : new Service(Optional.of(host.computerName()), service.type(), service.txtRecord());
    onLoop(() -> advertiser.advertise(named));
    return this;
  }

  @Override
  public void withdraw() {
    onLoop(advertiser::withdraw);
  }

  @Override
  public Listener newConnectionLimit(int limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("newConnectionLimit " + limit + " is negative");
    }
    onLoop(
        () -> {
          entrance.limit(limit);
          binding.accepting(entrance.isOpen());
        });
    return this;
  }

  @Override
  public Listener start(Handler handler, Executor queue) {
    Objects.requireNonNull(handler, "handler");
    Objects.requireNonNull(queue, "queue");
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException(this + " was started, or cancelled, before");
    }
    if (!host.opened(this)) {
      throw new IllegalStateException(this + " cannot start: the network is closed");
    }
    this.queue.moveTo(queue);
    this.handler = handler;
    onLoop(this::startOnLoop);
    return this;
  }

  private void startOnLoop() {
    holding = true;
    if (machine.phase() == Phase.CANCELLED) {
      release(); // cancelled by another thread while it was being started
      tellCancelled();
    } else {
      take(new Event.Start());
    }
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public OptionalInt port() {
    return port;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public CompletableFuture<Listener> ready() {
    return onQueue(ready);
  }

  @Override
  public CompletableFuture<Void> cancel() {
    started.set(true);
    onLoop(() -> take(new Event.Cancel()));
    return onQueue(over);
  }

  @Override
  public void close() {
    cancel();
  }

  /** How many connections were refused so far. On the loop. */
  long refused() {
    return entrance.refused();
  }

  Loop loop() {
    return loop;
  }

  private LinkTable links() {
    return binding.links();
  }

  private void take(Event event) {
    loop.assertInLoop();
    Phase before = machine.phase();
    Transition transition = machine.on(event);
    String what = event.getClass().getSimpleName();
    STATES.log(Level.TRACE, "{0}: {1} in {2} leads to {3}", this, what, before, transition.phase());
    port =
        transition.phase() == Phase.READY ? OptionalInt.of(binding.number()) : OptionalInt.empty();
    transition.entered().ifPresent(this::entered);
    transition.effects().forEach(this::perform);
    if (transition.entered().isPresent()) {
      settle(transition.entered().get());
    }
  }

  private void entered(State entered) {
    state = entered;
    if (!(entered instanceof State.Cancelled)) {
      tell(handler -> handler.stateUpdated(this, entered));
    }
  }

  private void perform(Effect effect) {
    switch (effect) {
      case SEEK -> seek();
      case BIND -> binding.bind();
      case RETRY -> binding.retry();
      case UNBIND -> binding.unbind();
      case ADVERTISE -> advertiser.open(binding.number());
      case WITHDRAW -> advertiser.close();
      default -> throw new IllegalStateException("no such effect: " + effect);
    }
  }

  private void seek() {
    if (host.connections().transport().supports(parameters)) {
      binding.seek();
    } else {
      take(
          new Event.Fail(
              new UnsupportedException(
                  "listening on "
                      + binding.choice()
                      + ": "
                      + host.connections().transport().obstacle(parameters))));
    }
  }

  /** Completes what hangs on {@code entered}, and frees what a listener that is over holds. */
  private void settle(State entered) {
    if (entered instanceof State.Ready) {
      queue.execute(() -> ready.complete(this));
    } else if (entered instanceof State.Failed failed) {
      release();
      queue.execute(() -> ready.completeExceptionally(failed.cause()));
    } else if (entered instanceof State.Cancelled) {
      release();
      tellCancelled();
      queue.execute(this::completeCancelled);
    }
  }

  private void tellCancelled() {
    if (handler != null && !cancelledTold) {
      cancelledTold = true;
      tell(handler -> handler.stateUpdated(this, new State.Cancelled()));
    }
  }

  private void release() {
    binding.end();
    if (holding) {
      holding = false;
      host.ended(this);
    }
  }

  private void completeCancelled() {
    ready.completeExceptionally(new CancelledException(this + " was cancelled"));
    over.complete(null);
  }

  /** Hands over on the queue whom the entrance has let in. */
  private final class Guests implements Entrance.Guests {
    @Override
    public void handOver(Connection connection) {
      handOver(
          to -> to.newConnection(LiveListener.this, connection),
          connection::state,
          connection::forceCancel);
    }

    @Override
    public void handOver(ConnectionGroup group) {
      handOver(
          to -> to.newConnectionGroup(LiveListener.this, group), group::state, group::forceCancel);
    }

    private void handOver(
        Consumer<Handler> call, Supplier<Connection.State> state, Runnable forceCancel) {
      binding.accepting(entrance.isOpen());
      queue.execute(
          () -> {
            try {
              call.accept(Objects.requireNonNull(handler));
            } catch (RuntimeException | Error e) {
              if (state.get() instanceof Connection.State.Setup) {
                forceCancel.run(); // nobody is going to start it
              }
              throw e; // the queue logs it
            }
          });
    }
  }

  private void tell(Consumer<Handler> call) {
    Handler told = handler;
    if (told != null) {
      queue.execute(() -> call.accept(told));
    }
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      endWithoutLoop();
    }
  }

  // The network was closed under a listener that had ended or not begun: there is nothing to be
  // freed, but futures have to complete.
  private void endWithoutLoop() {
    state = new State.Cancelled();
    host.ended(this);
    queue.execute(this::completeCancelled);
  }

  private <T> CompletableFuture<T> onQueue(CompletableFuture<T> source) {
    CompletableFuture<T> copy = new CompletableFuture<>();
    Runnable completion =
        () ->
            source.whenComplete(
                (value, cause) -> {
                  if (cause == null) {
                    copy.complete(value);
                  } else {
                    copy.completeExceptionally(cause);
                  }
                });
    try {
      // By the loop, so that an executor which runs tasks in the calling thread does not run them
      // inside the user's call.
      loop.execute(() -> queue.execute(completion));
    } catch (RejectedExecutionException e) {
      endWithoutLoop();
      queue.execute(completion);
    }
    return copy;
  }

  /** What it listens on, for messages. */
  @Override
  public String toString() {
    return "Listener[" + new BindAddresses(parameters) + "]";
  }
}
