package dev.earshot.transport.netty;

import dev.earshot.Endpoint;
import dev.earshot.EstablishmentReport.Handshake;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.DatagramSecurity.SecuredFlow;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.StreamSecurity.Role;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The opening of a flow: a handshake if it is to be protected, and then the pipe, which is the flow
 * itself. What the protection says afterwards goes to the flow.
 */
@LoopConfined
final class UdpOpening implements Dial, DatagramSecurity.Events {
  private final NettyLoop loop;
  private final UdpFlow flow;
  private final Role role;
  private final Events events;
  private @Nullable SecuredFlow secured;

  /** When the handshake began. */
  private long begun;

  private boolean heard;
  private boolean over;

  UdpOpening(NettyLoop loop, UdpFlow flow, Role role, Events events) {
    this.loop = loop;
    this.flow = flow;
    this.role = role;
    this.events = events;
  }

  /** Begins, protected or not. */
  void begin(Optional<DatagramSecurity> security, Endpoint endpoint, Executor workers) {
    if (over) {
      return;
    }
    if (security.isEmpty()) {
      beginUnprotected();
      return;
    }
    DatagramSecurity.Place place =
        new DatagramSecurity.Place(loop, workers, flow.facts().peer(), endpoint, flow.size());
    SecuredFlow made;
    try {
      made = security.get().open(role, place, this);
    } catch (RuntimeException e) {
      failed(
          new HandshakeException(
              Reason.OTHER, "beginning DTLS with " + place.peer() + ": " + e.getMessage(), e));
      return;
    }
    secured = made;
    begun = loop.nanoTime();
    made.begin();
    if (!over) {
      flow.open(made);
    }
  }

  private void beginUnprotected() {
    flow.open(null);
    flow.ready(Optional.empty(), List.of());
    if (role == Role.CLIENT) {
      events.connected(flow.path());
    }
    if (!over) {
      over = true;
      events.ready(flow);
      flow.batchOver();
    }
  }

  /** Whether the other side has been heard of. */
  boolean isHeard() {
    return heard;
  }

  boolean isOver() {
    return over;
  }

  @Override
  public void cancel() {
    loop.assertInLoop();
    if (!over) {
      over = true;
      flow.abort();
    }
  }

  @Override
  public Optional<NetworkException> suspicion() {
    return secured == null ? Optional.empty() : secured.suspicion();
  }

  // DatagramSecurity.Events

  @Override
  public void send(byte[] array, int from, int length) {
    flow.sendRaw(array, from, length);
  }

  @Override
  public void heard() {
    if (!heard && !over) {
      heard = true;
      if (role == Role.CLIENT) {
        events.connected(flow.path());
      }
    }
  }

  @Override
  public void ready() {
    SecuredFlow made = secured;
    if (!over && made != null) {
      over = true;
      Duration took = Duration.ofNanos(loop.nanoTime() - begun);
      flow.ready(Optional.of(made.metadata()), List.of(new Handshake("DTLS", took)));
      events.ready(flow);
    }
  }

  @Override
  public void content(Payload content) {
    flow.accept(content);
  }

  @Override
  public void closed() {
    if (flow.isAttached()) {
      flow.farewell();
    }
  }

  @Override
  public void failed(NetworkException cause) {
    if (flow.isAttached()) {
      flow.fail(cause);
    } else if (!over) {
      over = true;
      flow.abort();
      events.failed(cause);
    }
  }
}
