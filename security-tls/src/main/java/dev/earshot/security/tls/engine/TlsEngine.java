package dev.earshot.security.tls.engine;

import dev.earshot.security.tls.engine.ControlRecords.Verdict;
import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.security.tls.record.RecordProtection;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS as an {@link javax.net.ssl.SSLEngine}: handshakes by a {@link HandshakeRole}, everything
 * after it by records of our own.
 *
 * <p>Used by one thread at a time; only a delegated task may run on another meanwhile, and then the
 * engine answers {@code NEED_TASK}. It goes on doing so, with no further task to give, until what
 * that task has asked for is {@link #answered}. What differs from the JDK's engine, within the
 * contract:
 *
 * <ul>
 *   <li>One {@code wrap} makes as many records as fit, so that a whole drain becomes one buffer.
 *   <li>{@code wrap} asks for room only for the record at hand.
 *   <li>A peer's farewell ends the inbound side only: {@code unwrap} says {@code CLOSED}, and
 *       {@code wrap} goes on until {@code closeOutbound}. So one side can finish before the other.
 *   <li>A handshake that fails throws from the call that noticed, or after a task from the next;
 *       the alert for the peer, if there is one, is what {@code wrap} makes after that.
 *   <li>Sessions are not resumed, handshakes not repeated.
 * </ul>
 */
public final class TlsEngine extends ConfiguredEngine {
  private final HandshakeRole role;
  private final Outbox outbox = new Outbox();

  /** The buffers of the call at hand. */
  private final BufferRange range = new BufferRange();

  /** Null before it begins and once it is over. */
  private volatile @Nullable HandshakeRun handshake;

  /** Null until the handshake is over. */
  private @Nullable DataRecords data;

  /** Beside {@link #data}. */
  private @Nullable ControlRecords control;

  /** Whether the peer has sent data. */
  private boolean heard;

  private boolean begun;
  private boolean finishedUntold;
  private boolean inboundDone;
  private boolean outboundClosed;

  /** A failure of a task that no call has thrown yet. */
  private @Nullable TlsFailure untold;

  private volatile @Nullable TlsFailure failure;

  /** An engine for one side of one connection. */
  public TlsEngine(HandshakeRole role) {
    super(role.isClient(), role.protocols(), role.cipherSuites());
    this.role = role;
  }

  /** Why it failed; null if it did not. May be called on any thread. */
  public @Nullable TlsFailure failure() {
    return failure;
  }

  /**
   * Done, with null, when the engine can be driven again, if it waits for an answer; null if it
   * does not. May be called on any thread.
   */
  public @Nullable CompletionStage<Void> answered() {
    HandshakeRun run = handshake;
    return run == null ? null : run.waiting();
  }

  @Override
  public boolean isOpen() {
    return data != null;
  }

  @Override
  public void beginHandshake() throws SSLException {
    if (data != null) {
      throw new SSLException("a second handshake on one connection is not supported");
    }
    if (begun || outboundClosed || inboundDone) {
      return;
    }
    begun = true;
    HandshakeRun run = new HandshakeRun(role);
    handshake = run;
    try {
      run.begin();
      run.drainTo(outbox);
    } catch (TlsFailure e) {
      throw failed(e);
    }
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int count)
      throws SSLException {
    range.of(targets, offset, count);
    try {
      range.requireWritable();
      proceed();
      return unwrap(source);
    } catch (TlsFailure e) {
      throw e.equals(failure) ? e : failed(e);
    } finally {
      range.clear();
    }
  }

  @Override
  public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int count, ByteBuffer target)
      throws SSLException {
    range.of(sources, offset, count);
    try {
      if (target.isReadOnly()) {
        throw new ReadOnlyBufferException();
      }
      proceed();
      return wrap(target);
    } catch (TlsFailure e) {
      throw e.equals(failure) ? e : failed(e);
    } finally {
      range.clear();
    }
  }

  private SSLEngineResult unwrap(ByteBuffer source) throws TlsFailure {
    if (inboundDone) {
      return result(Status.CLOSED, 0, 0);
    }
    DataRecords records = data;
    if (records != null) {
      return unwrapData(records, source, range);
    }
    HandshakeRun run = handshake;
    if (run == null || run.busy() || !outbox.isEmpty()) {
      return result(Status.OK, 0, 0);
    }
    return unwrapHandshake(run, source);
  }

  private SSLEngineResult wrap(ByteBuffer target) throws TlsFailure {
    if (!outbox.isEmpty()) {
      int produced = outbox.drainTo(target);
      Status drained = isOutboundDone() ? Status.CLOSED : Status.OK;
      return result(produced == 0 ? Status.BUFFER_OVERFLOW : drained, 0, produced);
    }
    if (outboundClosed) {
      return result(Status.CLOSED, 0, 0);
    }
    DataRecords records = data;
    if (records == null) {
      return result(Status.OK, 0, 0);
    }
    int before = target.position();
    int consumed = records.seal(range, target);
    return consumed == DataRecords.NO_ROOM
        ? result(Status.BUFFER_OVERFLOW, 0, 0)
        : result(Status.OK, consumed, target.position() - before);
  }

  @Override
  public @Nullable Runnable getDelegatedTask() {
    HandshakeRun run = handshake;
    return run == null ? null : run.giveTask();
  }

  @Override
  public HandshakeStatus getHandshakeStatus() {
    takeOverTask();
    return status();
  }

  @Override
  public void closeInbound() throws SSLException {
    takeOverTask();
    if (inboundDone) {
      return;
    }
    if (!begun) {
      inboundDone = true;
      outboundClosed = true;
      return;
    }
    if (data == null) {
      throw failed(role.truncation());
    }
    inboundDone = true;
    // The JDK's words, by which drivers tell a truncation from other failures.
    TlsFailure truncated =
        TlsFailure.lost(
            TlsFailure.SILENT,
            "the peer's stream ended without its farewell, something may be missing"
                + " (closing inbound before receiving peer's close_notify)");
    failure = truncated;
    throw truncated;
  }

  @Override
  public boolean isInboundDone() {
    return inboundDone;
  }

  @Override
  public void closeOutbound() {
    takeOverTask();
    if (outboundClosed) {
      return;
    }
    outboundClosed = true;
    DataRecords records = data;
    if (records != null) {
      outbox.add(records.sealAlert(Alerts.closeNotify()));
      return;
    }
    inboundDone = true; // without a handshake, nothing that may come is of use
    HandshakeRun run = handshake;
    if (run != null && !run.isWithholding()) {
      run.close();
      run.drainTo(outbox);
    }
    endHandshake();
  }

  @Override
  public boolean isOutboundDone() {
    return outboundClosed && outbox.isEmpty();
  }

  private SSLEngineResult unwrapHandshake(HandshakeRun run, ByteBuffer source) throws TlsFailure {
    if (!run.hasInput()) {
      FirstBytes.check(source);
    }
    if (source.remaining() < RecordFormat.HEADER_BYTES) {
      return result(Status.BUFFER_UNDERFLOW, 0, 0);
    }
    RecordHeader header = RecordHeader.ofHandshake(source);
    if (source.remaining() < header.recordLength()) {
      return result(Status.BUFFER_UNDERFLOW, 0, 0);
    }
    byte[] record = new byte[header.recordLength()];
    source.get(record);
    run.step(record);
    if (!run.busy()) {
      stepDone(run);
    }
    return result(Status.OK, record.length, 0);
  }

  private SSLEngineResult unwrapData(DataRecords records, ByteBuffer source, BufferRange targets)
      throws TlsFailure {
    if (source.remaining() < RecordFormat.HEADER_BYTES) {
      return result(Status.BUFFER_UNDERFLOW, 0, 0);
    }
    RecordHeader header = records.header(source);
    if (source.remaining() < header.recordLength()) {
      return result(Status.BUFFER_UNDERFLOW, 0, 0);
    }
    int produced = records.open(source, header, targets);
    if (produced == DataRecords.NO_ROOM) {
      return result(Status.BUFFER_OVERFLOW, 0, 0);
    }
    if (records.isControl()) {
      byte[] content = records.control();
      requireNoRefusal(records.type(), content);
      obey(records, controls().control(records.type(), content));
    } else {
      controls().data(produced);
      heard |= produced > 0;
    }
    Status status = inboundDone ? Status.CLOSED : Status.OK;
    return result(status, header.recordLength(), produced);
  }

  /** A peer may refuse this side when this side has finished already (RFC 8446, 4.4.2.4). */
  private void requireNoRefusal(int type, byte[] content) throws TlsFailure {
    boolean refusing = !heard && type == RecordFormat.ALERT && content.length == 2;
    TlsFailure refusal = refusing ? role.laterAlert(content[1] & 0xFF) : null;
    if (refusal != null) {
      throw refusal;
    }
  }

  private void obey(DataRecords records, Verdict verdict) {
    switch (verdict) {
      case PEER_CLOSED:
        inboundDone = true;
        break;
      case REFUSE_RENEGOTIATION:
        if (!outboundClosed) {
          outbox.add(records.sealAlert(Alerts.noRenegotiation()));
        }
        break;
      case KEYS_CHANGED:
        records.keysChanged(false);
        break;
      case KEYS_CHANGED_ANSWER:
        records.keysChanged(true);
        break;
      default:
    }
  }

  private ControlRecords controls() {
    if (control == null) {
      throw new IllegalStateException("the handshake is not over");
    }
    return control;
  }

  /** What every wrap and unwrap begins with. */
  private void proceed() throws SSLException {
    takeOverTask();
    TlsFailure news = untold;
    if (news != null) {
      untold = null;
      throw news;
    }
    if (!begun) {
      beginHandshake();
    }
  }

  private void takeOverTask() {
    HandshakeRun run = handshake;
    if (run == null) {
      return;
    }
    try {
      if (run.takeOver()) {
        stepDone(run);
      }
    } catch (TlsFailure e) {
      untold = failed(e);
    }
  }

  private void stepDone(HandshakeRun run) {
    if (run.awaitsVerdict()) {
      return;
    }
    run.drainTo(outbox);
    RecordProtection protection = role.protection();
    if (role.complete() && protection != null) {
      data = new DataRecords(protection, role.maximumContent());
      control = new ControlRecords(role.isClient(), protection.isTls13());
      getSession().settled(role.metadata());
      finishedUntold = true;
      endHandshake();
    }
  }

  private void endHandshake() {
    HandshakeRun run = handshake;
    handshake = null;
    role.stopWaiting();
    role.release();
  }

  /** Ends both sides; what is left is to tell the peer. */
  private TlsFailure failed(TlsFailure reason) {
    failure = reason;
    HandshakeRun run = handshake;
    boolean withheld = withholds(run);
    // What a protocol that failed has sent last is its alert.
    boolean told = run != null && !withheld && run.drainTo(outbox) && run.hasProtocolFailed();
    told |= outboundClosed;
    if (!told && reason.alert() != TlsFailure.SILENT) {
      byte[] alert = Alerts.fatal(reason.alert());
      outbox.add(withheld ? Alerts.plain(alert) : alertRecord(alert));
    }
    inboundDone = true;
    outboundClosed = true;
    finishedUntold = false;
    endHandshake();
    return reason;
  }

  /**
   * Whether the last messages of a refused handshake must stay here. In TLS 1.2 the peer then reads
   * an alert that nothing protects, in the middle of the handshake; in TLS 1.3 it could not: there
   * they are sent, and the alert after them.
   */
  private boolean withholds(@Nullable HandshakeRun run) {
    RecordProtection protection = role.protection();
    return run != null && run.isWithholding() && (protection == null || !protection.isTls13());
  }

  private byte[] alertRecord(byte[] alert) {
    DataRecords records = data;
    RecordProtection protection = role.protection();
    if (records == null && protection != null && protection.isInUse()) {
      records = new DataRecords(protection, RecordFormat.MAXIMUM_CONTENT);
    }
    return records == null ? Alerts.plain(alert) : records.sealAlert(alert);
  }

  private SSLEngineResult result(Status status, int consumed, int produced) {
    HandshakeStatus now = status();
    if (finishedUntold && outbox.isEmpty()) {
      finishedUntold = false;
      now = HandshakeStatus.FINISHED;
    }
    return new SSLEngineResult(status, now, consumed, produced);
  }

  private HandshakeStatus status() {
    HandshakeRun run = handshake;
    if (run != null && run.busy()) {
      return HandshakeStatus.NEED_TASK;
    }
    if (untold != null) {
      return HandshakeStatus.NEED_UNWRAP; // which throws it
    }
    if (!outbox.isEmpty() || finishedUntold) {
      return HandshakeStatus.NEED_WRAP;
    }
    boolean handshaking = begun && data == null && !inboundDone;
    boolean waitingForFarewell = data != null && outboundClosed && !inboundDone;
    return handshaking || waitingForFarewell
        ? HandshakeStatus.NEED_UNWRAP
        : HandshakeStatus.NOT_HANDSHAKING;
  }
}
