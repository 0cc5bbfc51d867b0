package dev.earshot.internal.connection;

import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.Security;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import dev.earshot.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One dial with its two deadlines: ten seconds until the other side answers, and then the handshake
 * timeout until everything is agreed.
 */
@LoopConfined
final class TimedDial implements Dial.Events {
  /** How long one address may take to answer. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final Loop loop;
  private final Target target;
  private final Dial.Events owner;
  private @Nullable Dial dial;
  private Loop.@Nullable Timer deadline;
  private boolean connected;
  private boolean over;

  /**
   * Whom a dial goes to.
   *
   * @param name for messages: {@code Den._echo._tcp.local. (192.168.1.7:4242)}
   * @param parameters what has to be agreed, and how long that may take
   */
  record Target(String name, Parameters parameters) {
    /** What has to be agreed, for messages. */
    String handshakes() {
      List<String> parts = new ArrayList<>();
      if (!(parameters.security() instanceof Security.None)) {
        parts.add(kind(parameters.protocol()) + " handshake");
      }
      if (parameters.protocol() instanceof Protocol.WebSocket) {
        parts.add("WebSocket handshake");
      } else if (parameters.protocol() instanceof Protocol.Tcp tcp && tcp.upgrade().isPresent()) {
        parts.add("HTTP upgrade");
      }
      return parts.isEmpty() ? "preparation" : String.join(" and ", parts);
    }

    Duration handshakeTimeout() {
      return parameters.handshakeTimeout();
    }
  }

  private static String kind(Protocol protocol) {
    return protocol instanceof Protocol.Udp
        ? "DTLS"
        : protocol instanceof Protocol.Quic ? "QUIC" : "TLS";
  }

  TimedDial(Loop loop, Target target, Dial.Events owner) {
    this.loop = loop;
    this.target = target;
    this.owner = owner;
  }

  void connect(Transport transport, DialRequest request) {
    loop.assertInLoop();
    dial = transport.dial(loop, request, this);
    deadline = loop.schedule(CONNECT_TIMEOUT, this::noAnswer);
  }

  void open(Arrival arrival) {
    loop.assertInLoop();
    dial = arrival.open(this);
    connected = true;
    deadline = loop.schedule(target.handshakeTimeout(), this::noAgreement);
  }

  /** Whether the other side has answered. */
  boolean isConnected() {
    return connected;
  }

  Target target() {
    return target;
  }

  void cancel() {
    loop.assertInLoop();
    if (end() && dial != null) {
      dial.cancel();
    }
  }

  @Override
  public void connected(NetworkPath path) {
    loop.assertInLoop();
    if (over || connected) {
      return;
    }
    connected = true;
    stopDeadline();
    deadline = loop.schedule(target.handshakeTimeout(), this::noAgreement);
    owner.connected(path);
  }

  @Override
  public void ready(Pipe pipe) {
    loop.assertInLoop();
    if (end()) {
      owner.ready(pipe);
    }
  }

  @Override
  public void failed(NetworkException cause) {
    loop.assertInLoop();
    if (end()) {
      owner.failed(cause);
    }
  }

  private void noAnswer() {
    giveUp(
        Dial::cancel,
        new UnreachableException(
            "connecting to %s: no answer within %s"
                .formatted(target.name(), seconds(CONNECT_TIMEOUT))));
  }

  private void noAgreement() {
    Optional<NetworkException> suspicion = dial == null ? Optional.empty() : dial.suspicion();
    giveUp(Dial::timedOut, suspicion.orElseGet(this::tooSlow));
  }

  private NetworkException tooSlow() {
    return new HandshakeException(
        HandshakeException.Reason.TIMED_OUT,
        "connection with %s: %s not over within %s"
            .formatted(target.name(), target.handshakes(), seconds(target.handshakeTimeout())));
  }

  private void giveUp(Consumer<Dial> how, NetworkException cause) {
    if (end()) {
      if (dial != null) {
        how.accept(dial);
      }
      owner.failed(cause);
    }
  }

  static String seconds(Duration time) {
    return time.toMillis() / 1000.0 + " s";
  }

  private boolean end() {
    boolean first = !over;
    over = true;
    stopDeadline();
    return first;
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }
}
