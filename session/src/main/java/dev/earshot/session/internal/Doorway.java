package dev.earshot.session.internal;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.NetworkException;
import dev.earshot.RegistrationChange;
import dev.earshot.Security;
import dev.earshot.Service;
import dev.earshot.session.internal.queue.SessionQueue;
import java.lang.System.Logger.Level;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** The session's listener: whom it lets in, and what it advertises. On the session's queue. */
final class Doorway implements Listener.Handler {
  private static final System.Logger LOG = System.getLogger("dev.earshot.session");

  private final SessionQueue queue;
  private final Callbacks callbacks;
  private final Switchboard switchboard;
  private final Owner owner;
  private final Listener listener;

  /** What the session is told. */
  interface Owner {
    /** Connections are accepted. */
    void listening();

    /** They cannot be, any more. */
    void notListening(NetworkException cause);

    /** This peer can be found as {@code endpoint}. */
    void advertised(Endpoint.Bonjour endpoint);
  }

  /** Makes the listener, which binds nothing yet. */
  Doorway(
      SessionOptions options,
      SessionQueue queue,
      Callbacks callbacks,
      Switchboard switchboard,
      Owner owner) {
    this.queue = queue;
    this.callbacks = callbacks;
    this.switchboard = switchboard;
    this.owner = owner;
    Security both = switchboard.streams().listening(options.security());
    this.listener = options.network().listener(options.listening(both));
    options.discovery().ifPresent(type -> listener.advertise(service(options)));
  }

  private static Service service(SessionOptions options) {
    return Service.of(options.self().displayName(), options.discovery().orElseThrow())
        .withTxtRecord(options.txtRecord());
  }

  void start() {
    listener.start(this, queue);
  }

  /** The port, once it is bound. Any thread. */
  OptionalInt port() {
    return listener.port();
  }

  CompletableFuture<Void> cancel() {
    return listener.cancel();
  }

  @Override
  public void newConnection(Listener itself, Connection connection) {
    connection.start(switchboard.accepting(connection), queue);
  }

  @Override
  public void stateUpdated(Listener itself, Listener.State state) {
    if (state instanceof Listener.State.Ready) {
      owner.listening();
    } else if (state instanceof Listener.State.Waiting waiting) {
      LOG.log(Level.DEBUG, "not listening yet: {0}", waiting.reason().getMessage());
    } else if (state instanceof Listener.State.Failed failed) {
      owner.notListening(failed.cause());
    } else if (state instanceof Listener.State.Cancelled) {
      owner.notListening(new CancelledException("the network was closed"));
    }
  }

  @Override
  public void registrationUpdated(Listener itself, RegistrationChange change) {
    if (change instanceof RegistrationChange.Added added) {
      owner.advertised(added.endpoint());
      callbacks.advertised(added.endpoint());
    }
  }

  @Override
  public void registrationFailed(Listener itself, NetworkException cause) {
    callbacks.discoveryFailed(cause);
  }
}
