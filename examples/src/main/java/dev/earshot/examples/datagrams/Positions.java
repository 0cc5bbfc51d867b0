package dev.earshot.examples.datagrams;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** One side tells where it is, over and over; the other shows it. */
public final class Positions {
  private final Network network;
  private final Parameters udp;

  /** Over {@code network}, protected by {@code key}, with {@code base} for everything else. */
  public Positions(Network network, Parameters base, PreSharedKey key) {
    this.network = network;
    this.udp = base.toBuilder().security(Security.psk(key)).build();
  }

  /** A listener, started, that gives every position to {@code show}. */
  public Listener listen(Consumer<Payload> show, Executor queue) {
    // README: datagrams
    Listener listener = network.listener(udp);
    listener.start((from, connection) -> show(connection.start(), show), queue);
    // README: end
    return listener;
  }

  private static void show(Connection connection, Consumer<Payload> show) {
    connection
        .receiveMessage()
        .thenAccept(
            received -> {
              if (received.endOfStream()) {
                connection.cancel();
              } else {
                show.accept(received.content());
                show(connection, show);
              }
            });
  }

  /** Tells {@code to} one position. */
  public Connection tell(Endpoint to, Payload position) {
    // README: datagrams
    Connection connection = network.connection(to, udp).start();
    connection.sendIdempotent(position, SendOptions.DEFAULT); // the next one replaces it anyway
    // README: end
    return connection;
  }
}
