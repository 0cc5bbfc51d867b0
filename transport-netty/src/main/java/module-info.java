/**
 * TCP, WebSocket, UDP and QUIC over Netty, found by {@link java.util.ServiceLoader}; exports
 * nothing.
 */
module dev.earshot.transport.netty {
  requires dev.earshot;
  requires io.netty.buffer;
  requires io.netty.codec.classes.quic;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires jdk.net;
  requires static org.jspecify;

  provides dev.earshot.spi.TransportProvider with
      dev.earshot.transport.netty.NettyTransportProvider;
}
