package dev.earshot.transport.netty;

import dev.earshot.spi.Transport;
import dev.earshot.spi.TransportProvider;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Executor;

/**
 * Opens transports over Netty.
 *
 * <p>The system property {@code dev.earshot.transport} chooses what is under them: {@code epoll},
 * {@code nio}, or by default epoll where its native library loads and NIO elsewhere.
 */
public final class NettyTransportProvider implements TransportProvider {

  /** For {@link java.util.ServiceLoader}. */
  public NettyTransportProvider() {}

  @Override
  public String name() {
    return "netty";
  }

  @Override
  public Transport open(Executor workers) {
    return new NettyTransport(NativeTransports.chosen(), workers, ByteBufAllocator.DEFAULT);
  }
}
