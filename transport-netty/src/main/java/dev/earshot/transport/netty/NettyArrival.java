package dev.earshot.transport.netty;

import dev.earshot.Endpoint;
import dev.earshot.NetworkPath;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.StreamSecurity.Role;
import java.util.Optional;
import java.util.concurrent.Executor;

/** A socket that a port accepted, on a loop of its own; not a byte is read from it yet. */
@LoopConfined
final class NettyArrival implements Arrival {
  private final SocketStage socket;
  private final ListenRequest request;
  private final Executor workers;
  private final NetworkPath path;
  private boolean opened;

  NettyArrival(SocketStage socket, ListenRequest request, Executor workers) {
    this.socket = socket;
    this.request = request;
    this.workers = workers;
    path =
        new NetworkPath(
            NetworkPath.Status.SATISFIED,
            Optional.empty(),
            Optional.ofNullable(socket.channel().localAddress()),
            Optional.ofNullable(socket.channel().remoteAddress()));
  }

  @Override
  public NetworkPath path() {
    return path;
  }

  @Override
  public Loop loop() {
    return socket.loop();
  }

  @Override
  public Dial open(Dial.Events events) {
    socket.loop().assertInLoop();
    if (opened) {
      throw new IllegalStateException("opened already: " + path);
    }
    opened = true;
    Endpoint source =
        path.remoteEndpoint()
            .<Endpoint>map(Endpoint::of)
            .orElseThrow(() -> new IllegalStateException("an arrival from nowhere"));
    Opening.Plan plan =
        new Opening.Plan(
            Role.SERVER, request.parameters(), request.security(), path, source.toString(), source);
    Opening opening = new Opening(socket, plan, workers, events);
    socket.loop().execute(opening::begin);
    return opening;
  }

  @Override
  public void refuse() {
    socket.loop().assertInLoop();
    opened = true;
    socket.abort();
  }
}
