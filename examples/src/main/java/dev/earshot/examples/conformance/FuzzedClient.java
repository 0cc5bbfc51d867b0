package dev.earshot.examples.conformance;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.WebSocketOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs all cases of a fuzzing server, as the Autobahn Testsuite has one, against a connection that
 * echoes every message: asks {@code /getCaseCount}, visits {@code /runCase} for each number, then
 * {@code /updateReports}.
 */
public final class FuzzedClient {
  private static final String AGENT = "agent=Earshot";
  private static final Duration LONGEST_CASE = Duration.ofMinutes(2);
  private static final Duration LONGEST_CONNECTING = Duration.ofSeconds(10);

  private FuzzedClient() {}

  /** Runs against the host and the port that are the arguments, 127.0.0.1 and 9001 without any. */
  public static void main(String[] arguments) throws Exception {
    String host = arguments.length > 0 ? arguments[0] : "127.0.0.1";
    int port = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 9001;
    try (Network network = Network.open()) {
      System.out.println(runAll(network, Endpoint.hostPort(host, port)) + " cases were run");
    }
  }

  /** Runs all cases that {@code server} has; how many. */
  static int runAll(Network network, Endpoint server) throws Exception {
    int count = caseCount(network, server);
    for (int number = 1; number <= count; number++) {
      await(echo(network, server, "/runCase?case=" + number + "&" + AGENT));
    }
    await(echo(network, server, "/updateReports?" + AGENT));
    return count;
  }

  private static int caseCount(Network network, Endpoint server) throws Exception {
    try (Connection connection = network.connection(server, at("/getCaseCount")).start()) {
      return Integer.parseInt(await(connection.receiveMessage()).content().toUtf8String());
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(LONGEST_CASE.toSeconds(), TimeUnit.SECONDS);
  }

  /** A connection to {@code path} that echoes; done when it is over. */
  static CompletableFuture<Void> echo(Network network, Endpoint server, String path) {
    return Echo.on(network.connection(server, at(path)).start());
  }

  private static Parameters at(String path) {
    return Parameters.webSocket(WebSocketOptions.builder().path(path).build())
        .establishmentTimeout(LONGEST_CONNECTING)
        .build();
  }
}
