package dev.earshot.internal.connection;

import dev.earshot.Connection;
import dev.earshot.DataTransferReport;
import dev.earshot.EstablishmentReport;
import dev.earshot.Framer;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Received;
import dev.earshot.UnreachableException;
import dev.earshot.UnresolvedException;
import dev.earshot.internal.connection.ConnectionMachine.Effect;
import dev.earshot.internal.connection.ConnectionMachine.Event;
import dev.earshot.internal.connection.ConnectionMachine.Phase;
import dev.earshot.internal.connection.ConnectionMachine.Transition;
import dev.earshot.internal.framing.FramedPipe;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a connection, on its loop: takes events from the user, the attempt, the pipe and
 * the timers, asks the {@link ConnectionMachine} what they lead to, and does it.
 *
 * <p>Every end goes through one place, {@link #release}, which completes whatever is outstanding. A
 * mistake of the library, an exception where none may be, is logged and ends the connection too.
 */
@LoopConfined
final class ConnectionLife implements Dial.Events, Pipe.Inbound, FileSends.Carrier {
  /** How long a peer may take to answer a farewell. */
  static final Duration GRACE = Duration.ofSeconds(1);

  /** How long a user may take to start what a listener handed over. */
  static final Duration TIME_TO_START = Duration.ofSeconds(10);

  private static final Logger LOG = System.getLogger("dev.earshot");
  private static final Logger STATES = System.getLogger("dev.earshot.states");
  private static final Connection.State READY = new Connection.State.Ready();

  private final ConnectionMachine machine = new ConnectionMachine();
  private final Crossing crossing;
  private final Loop loop;
  private final Side side;
  private final Traffic traffic;
  private final Reports reports;
  private final Transferred transferred;

  /** What happens while something is being handled; null while nothing is. */
  private @Nullable ArrayDeque<Happening> pending;

  private boolean delivering;
  private boolean wakeUpAfterwards;
  private boolean answered;
  private boolean finished;
  private boolean endRead;
  private boolean goingAway;
  private List<LinkState> linksTried = List.of();
  private @Nullable NetworkException lastReason;

  /** Why this side says farewell, once it does. */
  private @Nullable NetworkException leaving;

  private @Nullable Attempt attempt;
  private @Nullable Pipe pipe;
  private @Nullable PathHealth health;

  /** From the first attempt until it is ready, or over. */
  private @Nullable Establishment establishment;

  /** Null before the peer has said its last. */
  private @Nullable FarewellPause farewellPause;

  /** The end of the peer's stream, once it has come. */
  private @Nullable Received farewell;

  /** The time to be started, then to become ready, then to say farewell. */
  private Loop.@Nullable Timer deadline;

  private record Happening(Event event, @Nullable NetworkException cause) {}

  ConnectionLife(Crossing crossing, Side side, Traffic traffic, Reports reports) {
    this.crossing = crossing;
    this.loop = crossing.loop();
    this.side = side;
    this.traffic = traffic;
    this.reports = reports;
    this.transferred = new Transferred(loop);
  }

  // ---- what the user and the network do

  /** The user starts it; states are told to {@code handler}. */
  void start(Connection.Handler handler) {
    reports.handler(handler);
    on(Event.START, null);
  }

  /** The user, the network, or the group that it belongs to has said so. */
  void cancelled(Event event, NetworkException cause) {
    on(event, cause);
  }

  /** The network goes away, and this connection with it, unless the user cancelled it before. */
  void goAway(NetworkException cause) {
    loop.assertInLoop();
    goingAway = true;
    on(Event.CANCEL, cause);
  }

  /** Sets the time in which a connection that a listener hands over must be started. */
  void awaitStart() {
    loop.assertInLoop();
    if (machine.phase() == Phase.SETUP) {
      setDeadline(TIME_TO_START, Event.NOT_STARTED);
    } else if (machine.phase() == Phase.CANCELLED) {
      side.ended(); // by a network that closed while the connection was being made
    }
  }

  void cancelCurrentEndpoint() {
    loop.assertInLoop();
    if (attempt != null) {
      attempt.cancelCurrentEndpoint();
    }
  }

  /**
   * There is something to send again. What a handler that runs on this loop sends in answer to a
   * batch leaves together, when it has seen all of the batch.
   */
  @Override
  public void wakeUp() {
    loop.assertInLoop();
    if (delivering) {
      wakeUpAfterwards = true;
    } else if (pipe != null) {
      pipe.wakeUp();
    }
  }

  /** The user says so, or something has changed. */
  void retry() {
    if (establishment != null) {
      establishment.pauses().beginAnew();
    }
    on(Event.RETRY, null);
  }

  void linksChanged(List<LinkState> links) {
    if (!links.equals(linksTried)) { // the first look of a watch may find what was known
      linksTried = links;
      retry();
    }
    if (health != null) {
      health.linksChanged(links);
    }
  }

  /** What was carried until now. */
  DataTransferReport transferReport() {
    return side.withParts(transferred.report(traffic.sends(), reports.path()));
  }

  // ---- what the attempt and the pipe do

  @Override
  public void connected(NetworkPath path) {
    loop.assertInLoop();
    answered = true;
    reports.connected(complete(path));
  }

  @Override
  public void ready(Pipe established) {
    loop.assertInLoop();
    if (machine.phase() != Phase.PREPARING) {
      established.abort(); // a provider that goes on after its dial was cancelled
      return;
    }
    EstablishmentReport report = establishment().report(attempt, established);
    establishment = null;
    attempt = null;
    Pipe made = framed(established);
    pipe = made;
    made.attach(this, traffic.sends().outbound());
    traffic.sends().established(this);
    traffic.sends().datagrams().established(made);
    NetworkPath path = complete(made.path());
    reports.established(made, path, report);
    transferred.begin(made);
    health = new PathHealth(path, side, loop, reports);
    on(Event.ESTABLISHED, null);
  }

  private Pipe framed(Pipe established) {
    Optional<Framer> framer = side.parameters().framer();
    return framer.isEmpty() || established.isMessageBased()
        ? established
        : new FramedPipe(loop, established, framer.get(), side.endpoint().toString());
  }

  private NetworkPath complete(NetworkPath path) {
    return side.links().complete(path);
  }

  /** The attempt has failed, or, once there is one, the pipe. */
  @Override
  public void failed(NetworkException cause) {
    loop.assertInLoop();
    if (machine.phase() != Phase.PREPARING) {
      on(Event.LOST, cause);
      return;
    }
    attempt = null;
    boolean passing = cause instanceof UnreachableException || cause instanceof UnresolvedException;
    on(passing && side.mayWait() ? Event.UNREACHED : Event.REFUSED, cause);
  }

  @Override
  public void content(List<Received> batch) {
    loop.assertInLoop();
    if (pipe == null) {
      return;
    }
    if (!batch.isEmpty() && batch.get(batch.size() - 1).endOfStream()) {
      farewell = batch.get(batch.size() - 1);
    }
    Batch come = Batch.of(batch);
    transferred.received(come);
    traffic.demand().arrived(come.cost());
    delivering = true;
    crossing.queue().execute(() -> traffic.reads().content(come));
    delivering = false;
    if (wakeUpAfterwards) {
      wakeUpAfterwards = false;
      wakeUp();
    }
    traffic.demand().ask();
  }

  @Override
  public boolean givesBack() {
    return traffic.reads().givesBack();
  }

  @Override
  public void ending(Runnable goOn) {
    if (pipe != null) {
      farewellPause = new FarewellPause(crossing, traffic.reads());
      farewellPause.begin(goOn);
    }
  }

  @Override
  public void moved(NetworkPath path) {
    loop.assertInLoop();
    if (health != null) {
      health.moved(complete(path));
    }
  }

  /**
   * Both sides have said their last. If this side meant to, the connection goes on until its user
   * has read the end; otherwise it has failed, and what has arrived can still be read.
   */
  @Override
  public void closed() {
    loop.assertInLoop();
    if (machine.phase() == Phase.READY && traffic.sends().isFinished()) {
      finished = true;
      pipe = null;
      traffic.demand().end();
      finishOnceRead();
    } else if (machine.phase() == Phase.CLOSING) {
      on(Event.CLOSED, null); // as this side wanted
    } else {
      on(Event.CLOSED, words().closedByPeer(farewell));
    }
  }

  /** The user has read the end of the stream. */
  void endRead() {
    loop.assertInLoop();
    endRead = true;
    finishOnceRead();
  }

  private void finishOnceRead() {
    if (finished && endRead && machine.phase() == Phase.READY) {
      on(Event.FINISHED, words().closedByPeer(farewell));
    }
  }

  // ---- what a file that is sent needs

  @Override
  public boolean carriesMessages() {
    return pipe != null && pipe.isMessageBased();
  }

  @Override
  public boolean sendsFrom(FileChannel file) {
    return pipe != null && pipe.sendsFrom(file);
  }

  @Override
  public Executor workers() {
    return side.workers();
  }

  @Override
  public void unreadable(NetworkException cause) {
    on(Event.BROKEN, cause); // without farewell: the peer must not take it for the end
  }

  // ---- what it leads to

  /** Takes an event into account, after those that are being handled. */
  private void on(Event event, @Nullable NetworkException cause) {
    loop.assertInLoop();
    Happening happening = new Happening(event, cause);
    if (pending != null) {
      pending.add(happening);
      return;
    }
    ArrayDeque<Happening> after = new ArrayDeque<>(2);
    pending = after;
    try {
      for (Happening next = happening; next != null; next = after.poll()) {
        try {
          handle(next);
        } catch (RuntimeException mistake) {
          broken(mistake);
        }
      }
    } finally {
      pending = null;
    }
  }

  private void broken(RuntimeException mistake) {
    LOG.log(Level.ERROR, words().name() + " is broken", mistake);
    on(Event.BROKEN, words().broken(mistake));
  }

  private void handle(Happening happening) {
    Phase before = machine.phase();
    if (happening.event() == Event.NOT_STARTED && before == Phase.SETUP) {
      LOG.log(
          Level.WARNING,
          "{0} was handed over, neither started nor cancelled, and is closed",
          words().name());
    }
    Transition transition = machine.on(happening.event());
    Phase after = transition.next();
    if (STATES.isLoggable(Level.TRACE)) {
      STATES.log(
          Level.TRACE,
          "connection with {0}: {1} in {2} leads to {3}",
          side.endpoint(),
          happening.event(),
          before,
          after);
    }
    NetworkException cause = cause(happening, before);
    boolean entered = shown(after) != shown(before);
    if (entered) {
      enter(after, cause);
    } else if (happening.event() == Event.START) {
      reports.repeatState(); // it was over before it was started, and nobody has been told
      side.ended();
    }
    if (entered && before == Phase.FAILED) {
      side.ended(); // a group's streams that outlived its failure do not outlive its user's wish
    }
    performAll(transition, cause);
    if (entered) {
      reports.settle();
    }
  }

  /** Does all of it, also if a part goes wrong: the last part is what completes the futures. */
  private void performAll(Transition transition, @Nullable NetworkException cause) {
    RuntimeException mistake = null;
    for (Effect effect : transition.effects()) {
      try {
        perform(effect, cause);
      } catch (RuntimeException e) {
        mistake = e;
      }
    }
    if (mistake != null) {
      broken(mistake);
    }
  }

  private void perform(Effect effect, @Nullable NetworkException cause) {
    switch (effect) {
      case BEGIN_ATTEMPT -> beginAttempt();
      case CANCEL_ATTEMPT -> cancelAttempt();
      case REFUSE_ARRIVAL -> side.refuse();
      case ADOPT_PIPE -> adopt();
      case CLOSE_PIPE -> closePipe(known(cause));
      case ABORT_PIPE -> abortPipe();
      case RELEASE -> release(known(cause));
      default -> throw new IllegalStateException(effect + " is not known");
    }
  }

  private void beginAttempt() {
    if (lastReason == null) {
      stopDeadline();
      side.parameters()
          .establishmentTimeout()
          .ifPresent(time -> setDeadline(time, Event.TIMED_OUT));
    }
    answered = false;
    establishment().attempted();
    linksTried = side.links().states();
    Attempt next = side.attempt(this);
    attempt = next;
    next.begin();
  }

  private void cancelAttempt() {
    if (attempt != null) {
      attempt.cancel();
      attempt = null;
    }
  }

  /** Content may flow from now on; the user knows already that it is ready. */
  private void adopt() {
    stopDeadline();
    side.handshakeOver();
    reports.path().ifPresent(reports::pathChanged);
    traffic.sends().begin();
    if (pipe != null) {
      pipe.wakeUp();
      traffic.demand().begin(pipe);
    }
  }

  private void closePipe(NetworkException cause) {
    leaving = cause;
    traffic.close(crossing, cause);
    setDeadline(GRACE, Event.GRACE_OVER);
    if (pipe == null) {
      on(Event.CLOSED, cause); // it ended before, and only its end was not read yet
    } else if (goingAway) {
      pipe.goAway();
    } else {
      pipe.close();
    }
  }

  private void abortPipe() {
    if (pipe != null) {
      pipe.abort();
    }
  }

  /** The one way out: nothing is held, and nobody is left waiting. */
  private void release(NetworkException cause) {
    stopDeadline();
    if (establishment != null) {
      establishment.pauses().stop();
      establishment = null;
    }
    if (farewellPause != null) {
      farewellPause.stop();
    }
    transferred.end();
    attempt = null;
    pipe = null;
    if (health != null) {
      health.stop();
      health = null;
    }
    traffic.end(crossing, cause);
    side.handshakeOver();
    side.ended();
  }

  private void enter(Phase phase, @Nullable NetworkException cause) {
    switch (phase) {
      case PREPARING -> reports.entered(new Connection.State.Preparing());
      case WAITING -> {
        lastReason = known(cause);
        reports.entered(new Connection.State.Waiting(lastReason));
        establishment().pauses().begin();
      }
      case READY -> reports.entered(READY);
      case FAILED -> reports.entered(new Connection.State.Failed(known(cause)));
      case CANCELLED -> reports.entered(new Connection.State.Cancelled());
      default -> throw new IllegalStateException(phase + " is not shown");
    }
  }

  private Establishment establishment() {
    if (establishment == null) {
      establishment = new Establishment(loop, () -> on(Event.RETRY, null));
    }
    return establishment;
  }

  /** The phase that a user sees. */
  private static Phase shown(Phase phase) {
    return phase == Phase.CLOSING ? Phase.READY : phase;
  }

  // ---- why

  private CauseWords words() {
    return new CauseWords(side.endpoint());
  }

  /** Why something ends or has to wait; null for what lets a connection come about. */
  private @Nullable NetworkException cause(Happening happening, Phase before) {
    if (before == Phase.CLOSING) {
      return leaving != null ? leaving : words().cancelled(); // however the pipe ends
    }
    if (happening.cause() != null) {
      return happening.cause();
    }
    return switch (happening.event()) {
      case START, RETRY, ESTABLISHED -> null; // a trace of the stack for nothing would cost much
      case NOT_STARTED -> words().notStarted(TIME_TO_START);
      case TIMED_OUT -> timedOut();
      default -> words().cancelled();
    };
  }

  private static NetworkException known(@Nullable NetworkException cause) {
    return Objects.requireNonNull(cause, "an end without a cause");
  }

  private NetworkException timedOut() {
    return lastReason != null
        ? lastReason
        : words().timedOut(attempt == null ? "waiting" : attempt.stage(), answered);
  }

  private void setDeadline(Duration time, Event event) {
    stopDeadline();
    deadline = loop.schedule(time, () -> on(event, null));
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }
}
