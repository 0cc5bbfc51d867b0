package dev.earshot.examples.echo;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.ServiceType;

/** Connects to {@link EchoListener}, sends a message and waits for it to come back. */
public final class EchoConnection {
  private EchoConnection() {}

  /** What came back. */
  public static String hello(Network network, Parameters parameters) {
    // README: connecting
    Endpoint den = Endpoint.bonjour("Den", ServiceType.tcp("echo"));
    try (Connection connection = network.connection(den, parameters)) {
      connection.start().ready().join();
      connection.send(Payload.utf8("hello")).join();
      return connection.receiveMessage().join().content().toUtf8String();
    }
    // README: end
  }
}
