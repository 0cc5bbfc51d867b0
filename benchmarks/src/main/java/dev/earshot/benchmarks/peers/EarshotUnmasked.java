package dev.earshot.benchmarks.peers;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Workload;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Earshot over plain WebSocket as {@link Earshot#webSocket}, but the side that sends has accepted
 * the connection, so that its frames have no masks (RFC 6455, section 5.1): it listens, and tells
 * the serving side by a first connection where.
 */
public final class EarshotUnmasked implements Contestant {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Executor IN_PLACE = Runnable::run;

  private final Network network = Network.open();
  private final Parameters dialling = Parameters.webSocket().build();
  private final Parameters listening = dialling.toBuilder().localAddress(LOOPBACK).build();

  @Override
  public Server serve(Workload workload) throws Exception {
    Listener listener = network.listener(listening);
    listener.start(
        (from, caller) ->
            caller
                .start(new Connection.Handler() {}, IN_PLACE)
                .receiveMessage()
                .thenAccept(port -> callBack(port.content().toUtf8String(), workload)),
        IN_PLACE);
    Earshot.finished(listener.ready());
    return new Earshot.ListenerServer(listener);
  }

  private void callBack(String port, Workload workload) {
    Connection connection = network.connection(at(port), dialling);
    EarshotInbox inbox = EarshotInbox.counting(workload, connection);
    connection.start(new Connection.Handler() {}, IN_PLACE);
    connection.messages().subscribe(inbox);
  }

  private static Endpoint at(String port) {
    return Endpoint.hostPort(LOOPBACK.getHostAddress(), Integer.parseInt(port));
  }

  @Override
  public Link connect(String contact, Workload workload) throws Exception {
    CompletableFuture<Connection> called = new CompletableFuture<>();
    Listener listener = network.listener(listening);
    listener.start((from, connection) -> called.complete(connection), IN_PLACE);
    int port = Earshot.finished(listener.ready()).port().orElseThrow();
    Connection caller = network.connection(at(contact), dialling).start();
    Earshot.finished(caller.ready());
    Earshot.finished(caller.send(Payload.utf8(Integer.toString(port))));
    Connection connection = Earshot.finished(called);
    connection.start(new Connection.Handler() {}, IN_PLACE);
    Earshot.finished(connection.ready());
    Mailbox mailbox = new Mailbox();
    connection.messages().subscribe(EarshotInbox.into(mailbox));
    return new Called(new Earshot.ConnectionLink(connection, mailbox), caller, listener);
  }

  @Override
  public void close() {
    network.close();
  }

  /** A link, and what it came about by. */
  private record Called(Link link, Connection caller, Listener listener) implements Link {
    @Override
    public Sender sender() throws Exception {
      return link.sender();
    }

    @Override
    public byte[] receive(Duration patience) throws Exception {
      return link.receive(patience);
    }

    @Override
    public void close() {
      link.close();
      caller.cancel().join();
      listener.cancel().join();
    }
  }
}
