package dev.earshot.transport.netty;

import dev.earshot.Endpoint;
import dev.earshot.EstablishmentReport;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.SecurityMetadata;
import dev.earshot.WebSocketOptions;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.StreamSecurity;
import dev.earshot.spi.StreamSecurity.Role;
import dev.earshot.spi.StreamSecurity.SecuredStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The handshakes of a connection whose socket is connected: TLS if asked for, then the HTTP upgrade
 * if the protocol has one, then the pipe.
 */
@LoopConfined
final class Opening implements Dial {

  /**
   * How a connection is opened.
   *
   * @param role which side this is
   * @param parameters how it is configured
   * @param security how it is protected
   * @param path where it goes
   * @param peer the other side, for messages
   * @param endpoint what the connecting side asked for, or where an arrival came from
   */
  record Plan(
      Role role,
      Parameters parameters,
      Optional<StreamSecurity> security,
      NetworkPath path,
      String peer,
      Endpoint endpoint) {

    /** The {@code Host} field that the connecting side sends. */
    String host() {
      return path.remoteEndpoint().map(remote -> HostField.of(endpoint, remote)).orElse("");
    }
  }

  private final SocketStage socket;
  private final Plan plan;
  private final Executor workers;
  private final Events events;

  /** The topmost stage so far. */
  private ByteStage top;

  /** On the accepting side, once security is settled. */
  private @Nullable ServerUpgrade request;

  /** Why security takes so long. */
  private Supplier<Optional<NetworkException>> suspicion = Optional::empty;

  private final List<EstablishmentReport.Handshake> handshakes = new ArrayList<>(2);

  /** When the last handshake was over, or the first began. */
  private long lastOver;

  private boolean over;

  Opening(SocketStage socket, Plan plan, Executor workers, Events events) {
    this.socket = socket;
    this.top = socket;
    this.plan = plan;
    this.workers = workers;
    this.events = events;
  }

  /** Begins. */
  void begin() {
    if (over) {
      return;
    }
    lastOver = socket.loop().nanoTime();
    if (plan.security().isPresent()) {
      secure(plan.security().get());
    } else {
      upgrade(socket, Optional.empty());
    }
  }

  /** A handshake is over, and the next begins. */
  private void measured(String protocol) {
    long now = socket.loop().nanoTime();
    handshakes.add(new EstablishmentReport.Handshake(protocol, Duration.ofNanos(now - lastOver)));
    lastOver = now;
  }

  private void secure(StreamSecurity security) {
    TlsStage tls;
    try {
      SecuredStream secured = security.open(plan.role(), plan.peer(), plan.endpoint());
      suspicion = secured::suspicion;
      tls = new TlsStage(socket.loop(), socket, secured, workers);
    } catch (RuntimeException e) {
      socket.leave(false);
      failed(
          new HandshakeException(
              Reason.OTHER, "beginning TLS with " + plan.peer() + ": " + e.getMessage(), e));
      return;
    }
    top = tls;
    tls.begin(
        new TlsStage.Handshake() {
          @Override
          public void done(SecurityMetadata metadata) {
            suspicion = Optional::empty; // whatever takes long from now on is not TLS
            if (!over) {
              measured("TLS");
              upgrade(tls, Optional.of(metadata));
            }
          }

          @Override
          public void failed(NetworkException cause) {
            Opening.this.failed(cause);
          }
        });
  }

  private void upgrade(ByteStage stage, Optional<SecurityMetadata> security) {
    UpgradeOutcome outcome =
        new UpgradeOutcome() {
          @Override
          public void agreed(HttpUpgrade upgrade, byte[] rest) {
            if (!over) {
              boolean webSocket = upgrade.protocol().equals(ServerUpgrade.WEBSOCKET);
              measured(webSocket ? "WebSocket" : "HTTP upgrade");
              ready(pipe(stage, security, Optional.of(upgrade)), rest);
            }
          }

          @Override
          public void failed(NetworkException cause) {
            Opening.this.failed(cause);
          }
        };
    boolean client = plan.role() == Role.CLIENT;
    Protocol protocol = plan.parameters().protocol();
    if (protocol instanceof Protocol.WebSocket && client) {
      WebSocketOptions options = ((Protocol.WebSocket) protocol).options();
      HttpUpgrade upgrade =
          new HttpUpgrade(
              ServerUpgrade.WEBSOCKET,
              options.path(),
              options.additionalHeaders(),
              Optional.empty());
      ask(stage, upgrade, options, outcome);
    } else if (protocol instanceof Protocol.WebSocket) {
      WebSocketOptions options = ((Protocol.WebSocket) protocol).options();
      ServerUpgrade.Meeting meeting =
          new ServerUpgrade.Meeting(options, plan.endpoint(), security, socket.loop());
      ServerUpgrade awaited = new ServerUpgrade(stage, meeting, outcome);
      request = awaited;
      awaited.begin();
    } else if (client && ((Protocol.Tcp) protocol).upgrade().isPresent()) {
      HttpUpgrade upgrade = ((Protocol.Tcp) protocol).upgrade().get();
      ask(stage, upgrade, WebSocketOptions.DEFAULT, outcome);
    } else {
      ready(pipe(stage, security, Optional.empty()), new byte[0]);
    }
  }

  private void ask(
      ByteStage stage, HttpUpgrade upgrade, WebSocketOptions options, UpgradeOutcome outcome) {
    List<String> subprotocols =
        upgrade.protocol().equals(ServerUpgrade.WEBSOCKET) ? options.subprotocols() : List.of();
    ClientUpgrade.Request request =
        new ClientUpgrade.Request(
            upgrade, subprotocols, plan.host(), options.maximumHandshakeSize());
    new ClientUpgrade(stage, request, plan.peer(), outcome).begin(socket.loop().maskKeys());
  }

  private SocketPipe pipe(
      ByteStage stage, Optional<SecurityMetadata> security, Optional<HttpUpgrade> upgrade) {
    boolean client = plan.role() == Role.CLIENT;
    boolean webSocket =
        upgrade.map(to -> to.protocol().equals(ServerUpgrade.WEBSOCKET)).orElse(false);
    // RFC 6455, section 7.1.1: the accepting side ends TCP first.
    PipeFacts facts =
        new PipeFacts(
            plan.path(),
            plan.peer(),
            security,
            upgrade,
            webSocket && client,
            List.copyOf(handshakes),
            socket::tcp);
    PipeCodec codec = webSocket ? webSocketCodec(client) : new ByteStreamCodec();
    return new SocketPipe(socket.loop(), stage, codec, facts);
  }

  private WebSocketCodec webSocketCodec(boolean client) {
    Protocol protocol = plan.parameters().protocol();
    WebSocketOptions options =
        protocol instanceof Protocol.WebSocket
            ? ((Protocol.WebSocket) protocol).options()
            : WebSocketOptions.DEFAULT;
    return new WebSocketCodec(client ? socket.loop().maskKeys() : null, options, plan.peer());
  }

  private void ready(SocketPipe pipe, byte[] rest) {
    over = true;
    pipe.putBack(rest);
    events.ready(pipe);
    if (!pipe.isAttached()) {
      pipe.abort();
      throw new IllegalStateException("ready did not attach the pipe to " + plan.peer());
    }
  }

  private void failed(NetworkException cause) {
    if (!over) {
      over = true;
      events.failed(cause);
    }
  }

  @Override
  public Optional<NetworkException> suspicion() {
    socket.loop().assertInLoop();
    return suspicion.get();
  }

  @Override
  public void timedOut() {
    socket.loop().assertInLoop();
    if (request == null) {
      cancel();
    } else if (!over) {
      over = true;
      request.timedOut();
    }
  }

  @Override
  public void cancel() {
    socket.loop().assertInLoop();
    if (!over) {
      over = true;
      top.abort();
    }
  }
}
