package dev.earshot.whole;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * A program with one connection of datagrams, to the address that is its argument, or else the
 * first that comes in. Says {@code ready}, and {@code received LENGTH} of what comes.
 *
 * <p>One command a line: {@code send LENGTH}, answered by {@code sent} or {@code refused KIND}, and
 * {@code size}, answered by {@code size MAXIMUM}. Ends when its input does.
 */
final class DatagramWitness {
  static final int PORT = 7_001;

  private DatagramWitness() {}

  /** Takes the address to connect to, or nothing to listen. */
  public static void main(String[] arguments) throws Exception {
    Network network = Network.open();
    CompletableFuture<Connection> made = new CompletableFuture<>();
    if (arguments.length == 0) {
      network
          .listener(Parameters.udp().localPort(PORT).build())
          .start((from, connection) -> made.complete(connection.start()), Runnable::run)
          .ready()
          .join();
      print("listening");
    } else {
      Endpoint there = Endpoint.hostPort(arguments[0], PORT);
      made.complete(network.connection(there, Parameters.udp().build()).start());
    }
    Connection connection = made.join().ready().join();
    read(connection);
    print("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      obey(connection, line.split("\t"));
    }
    System.exit(0);
  }

  private static void obey(Connection connection, String[] words) {
    if (words[0].equals("size")) {
      print("size", Integer.toString(connection.maximumDatagramSize()));
      return;
    }
    connection
        .send(Payload.wrap(new byte[Integer.parseInt(words[1])]))
        .whenComplete(
            (sent, failure) -> {
              if (failure == null) {
                print("sent");
              } else {
                print("refused", failure.getClass().getSimpleName());
              }
            });
  }

  private static void read(Connection connection) {
    connection
        .receiveMessage()
        .whenComplete(
            (received, failure) -> {
              if (failure == null) {
                print("received", Integer.toString(received.content().length()));
                read(connection);
              }
            });
  }

  private static synchronized void print(String... words) {
    System.out.println(String.join("\t", words));
  }
}
