package dev.earshot.examples.echo;

import dev.earshot.Connection;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.SendOptions;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import java.util.concurrent.Executor;

/** Accepts connections and sends everything back, messages and bytes, and ends as the peer does. */
public final class EchoListener {
  private EchoListener() {}

  /** A listener that others find as {@code Den}; it is started. */
  public static Listener listen(Network network, Parameters parameters, Executor queue) {
    // README: accepting
    Listener listener = network.listener(parameters);
    listener.advertise(Service.of("Den", ServiceType.tcp("echo")));
    listener.start((self, connection) -> echo(connection.start()), queue);
    // README: end
    return listener;
  }

  // README: accepting
  static void echo(Connection connection) {
    connection
        .receiveMessage()
        .thenCompose(
            next ->
                next.endOfStream() // the last bytes of a stream may come with its end
                    ? connection.send(next.content(), new SendOptions(next.metadata(), true))
                    : connection.send(next.content()).thenRun(() -> echo(connection)));
  }
  // README: end
}
