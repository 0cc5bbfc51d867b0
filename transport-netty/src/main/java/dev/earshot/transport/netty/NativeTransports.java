package dev.earshot.transport.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.quic.Quic;
import java.util.function.Supplier;

/**
 * What the operating system offers to wait for sockets with, and the channels that go with it.
 *
 * @param name {@code epoll} or {@code nio}
 * @param handlers makes what a loop waits with
 * @param sockets makes a socket that connects
 * @param ports makes a socket that accepts
 * @param datagrams makes a socket for datagrams
 * @param quic whether QUIC's native library is there
 */
record NativeTransports(
    String name,
    IoHandlerFactory handlers,
    Supplier<SocketChannel> sockets,
    Supplier<ServerSocketChannel> ports,
    Supplier<DatagramChannel> datagrams,
    boolean quic) {

  /** The system property that chooses by name. */
  static final String PROPERTY = "dev.earshot.transport";

  /** The same on a computer without QUIC's native library. */
  NativeTransports withoutQuic() {
    return new NativeTransports(name, handlers, sockets, ports, datagrams, false);
  }

  /** What the system property names, or the best there is. */
  static NativeTransports chosen() {
    return named(System.getProperty(PROPERTY, Epoll.isAvailable() ? "epoll" : "nio"));
  }

  /**
   * The one called {@code name}.
   *
   * @throws IllegalStateException if it is not within reach on this computer
   */
  static NativeTransports named(String name) {
    switch (name) {
      case "nio":
        return new NativeTransports(
            name,
            NioIoHandler.newFactory(),
            NioSocketChannel::new,
            NioServerSocketChannel::new,
            NioDatagramChannel::new,
            Quic.isAvailable());
      case "epoll":
        if (!Epoll.isAvailable()) {
          throw new IllegalStateException(
              PROPERTY
                  + "=epoll, but its native library does not load: add"
                  + " netty-transport-native-epoll for this platform, or use nio",
              Epoll.unavailabilityCause());
        }
        return new NativeTransports(
            name,
            new SteadyRegistrations(EpollIoHandler.newFactory()),
            EpollSocketChannel::new,
            EpollServerSocketChannel::new,
            EpollDatagramChannel::new,
            Quic.isAvailable());
      default:
        throw new IllegalStateException(PROPERTY + "=" + name + ": use nio or epoll");
    }
  }
}
