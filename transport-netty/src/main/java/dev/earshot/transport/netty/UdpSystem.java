package dev.earshot.transport.netty;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketOption;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the operating system can do for datagrams, and what it says of the paths they take. */
final class UdpSystem {
  /** What every path carries: the least MTU of IPv6 (RFC 8200, section 5) less the headers. */
  static final int SAFE_SIZE = 1_280 - 48;

  private static final Logger LOG = System.getLogger(UdpSystem.class.getName());

  private static final int IPV4_HEADERS = 28;
  private static final int IPV6_HEADERS = 48;
  private static final int LARGEST_PACKET = 65_535;

  private static final int RECEIVE_BUFFER = 4 << 20;
  private static final int SEND_BUFFER = 1 << 20;
  private static final int HIGH_WATER_MARK = 512 << 10;
  private static final int LOW_WATER_MARK = 128 << 10;

  // linux/in.h and linux/in6.h.
  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IP_PMTUDISC_DO = 2;
  private static final IntegerUnixChannelOption IP_MTU_DISCOVER =
      new IntegerUnixChannelOption("IP_MTU_DISCOVER", IPPROTO_IP, 10);
  private static final IntegerUnixChannelOption IPV6_MTU_DISCOVER =
      new IntegerUnixChannelOption("IPV6_MTU_DISCOVER", IPPROTO_IPV6, 23);
  private static final IntegerUnixChannelOption IP_MTU =
      new IntegerUnixChannelOption("IP_MTU", IPPROTO_IP, 14);
  private static final IntegerUnixChannelOption IPV6_MTU =
      new IntegerUnixChannelOption("IPV6_MTU", IPPROTO_IPV6, 24);

  private UdpSystem() {}

  /** Options of a socket for datagrams, which are read to {@code reads}. */
  static void prepare(DatagramChannel channel, KeptBuffer reads) {
    set(channel, ChannelOption.RECVBUF_ALLOCATOR, new DatagramReads(channel, reads));
    set(channel, ChannelOption.SO_RCVBUF, RECEIVE_BUFFER);
    set(channel, ChannelOption.SO_SNDBUF, SEND_BUFFER);
    set(
        channel,
        ChannelOption.WRITE_BUFFER_WATER_MARK,
        new WriteBufferWaterMark(LOW_WATER_MARK, HIGH_WATER_MARK));
    joinsReads(channel);
  }

  /**
   * Has one read bring many datagrams, which Netty cuts, and says whether it does. A read needs 64
   * KiB of room then.
   */
  static boolean joinsReads(DatagramChannel channel) {
    return channel instanceof EpollDatagramChannel
        && set(channel, EpollChannelOption.UDP_GRO, true);
  }

  /** Forbids fragmentation, where the platform can; on a socket that is open. */
  static void forbidFragments(DatagramChannel channel) {
    if (channel instanceof EpollDatagramChannel) {
      set(channel, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
      set(channel, IPV6_MTU_DISCOVER, IP_PMTUDISC_DO);
    } else if (channel instanceof NioDatagramChannel nio) {
      dontFragment().ifPresent(option -> set(nio, NioChannelOption.of(option), true));
    }
  }

  /** {@code IP_DONTFRAGMENT}, which is younger than Java 17. */
  @SuppressWarnings("unchecked") // its type is documented
  private static Optional<SocketOption<Boolean>> dontFragment() {
    try {
      Object option =
          Class.forName("jdk.net.ExtendedSocketOptions").getField("IP_DONTFRAGMENT").get(null);
      return Optional.of((SocketOption<Boolean>) option);
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.TRACE, "this JDK cannot forbid fragments", e);
      return Optional.empty();
    }
  }

  /** Whether one write can be many datagrams. */
  static boolean cutsWrites(DatagramChannel channel) {
    return channel instanceof EpollDatagramChannel
        && EpollDatagramChannel.isSegmentedDatagramPacketSupported();
  }

  /**
   * The bytes that a datagram to {@code remote} may have, by what the system knows of the path.
   *
   * @param channel connected to {@code remote}, or not
   * @param local where it leaves from
   */
  static int datagramSize(DatagramChannel channel, InetAddress local, InetSocketAddress remote) {
    int headers = remote.getAddress() instanceof Inet4Address ? IPV4_HEADERS : IPV6_HEADERS;
    int mtu = 0;
    if (channel instanceof EpollDatagramChannel) {
      mtu = channel.isConnected() ? pathMtu(channel, remote.getAddress()) : pathMtu(remote);
    }
    if (mtu <= 0) {
      mtu = linkMtu(local);
    }
    return Math.min(LARGEST_PACKET - IPV4_HEADERS, Math.max(SAFE_SIZE, mtu - headers));
  }

  /** The same for whoever may come to {@code channel}, which is bound. */
  static int leastDatagramSize(DatagramChannel channel) {
    InetAddress local = channel.localAddress().getAddress();
    int mtu = local.isAnyLocalAddress() ? leastLinkMtu() : linkMtu(local);
    return Math.min(LARGEST_PACKET - IPV4_HEADERS, Math.max(SAFE_SIZE, mtu - IPV6_HEADERS));
  }

  private static int leastLinkMtu() {
    int least = LARGEST_PACKET;
    try {
      for (NetworkInterface link : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        int mtu = link.isUp() ? link.getMTU() : 0;
        least = mtu > 0 ? Math.min(least, mtu) : least;
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "asking for the MTU of all links", e);
    }
    return least;
  }

  private static int pathMtu(DatagramChannel channel, InetAddress remote) {
    try {
      Integer mtu = channel.config().getOption(remote instanceof Inet4Address ? IP_MTU : IPV6_MTU);
      return mtu == null ? 0 : mtu;
    } catch (ChannelException e) {
      LOG.log(Level.DEBUG, () -> "asking for the MTU of " + channel, e);
      return 0;
    }
  }

  /** The same for a socket that is not connected, by one that is: that sends nothing. */
  private static int pathMtu(InetSocketAddress remote) {
    Socket probe = null;
    try {
      probe = Socket.newSocketDgram();
      IntegerUnixChannelOption asked =
          remote.getAddress() instanceof Inet4Address ? IP_MTU : IPV6_MTU;
      return probe.connect(remote) ? probe.getIntOpt(asked.level(), asked.optname()) : 0;
    } catch (IOException | ChannelException e) {
      LOG.log(Level.DEBUG, () -> "asking for the MTU of the way to " + remote, e);
      return 0;
    } finally {
      close(probe);
    }
  }

  private static void close(@Nullable Socket probe) {
    try {
      if (probe != null) {
        probe.close();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing a socket that was asked", e);
    }
  }

  private static int linkMtu(InetAddress local) {
    try {
      NetworkInterface link = NetworkInterface.getByInetAddress(local);
      return link == null ? 0 : link.getMTU();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, () -> "asking for the MTU of the link with " + local, e);
      return 0;
    }
  }

  /** Where datagrams to {@code remote} leave from; empty if nobody knows. */
  static Optional<InetAddress> localAddress(InetSocketAddress remote) {
    // Connecting sends nothing: the system chooses the route, and can be asked for it.
    try (java.nio.channels.DatagramChannel probe = java.nio.channels.DatagramChannel.open()) {
      probe.connect(remote);
      return probe.getLocalAddress() instanceof InetSocketAddress found
          ? Optional.of(found.getAddress())
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(Level.DEBUG, () -> "looking for the way to " + remote, e);
      return Optional.empty();
    }
  }

  /** Whether {@code cause} is that a datagram is longer than the path carries (EMSGSIZE). */
  static boolean isTooLong(Throwable cause) {
    return says(cause, "message too long");
  }

  /** Whether {@code cause} is that the port of the other side is closed (ICMP, RFC 792). */
  static boolean isUnreachable(Throwable cause) {
    return cause instanceof PortUnreachableException
        || says(cause, "refused")
        || says(cause, "unreachable")
        || says(cause, "no route");
  }

  /** Whether {@code cause} may be that the link cannot cut what is written (EIO, EINVAL). */
  static boolean isTooMuchForTheLink(Throwable cause) {
    return says(cause, "input/output error") || says(cause, "invalid argument");
  }

  private static boolean says(Throwable cause, String words) {
    return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains(words);
  }

  private static <T> boolean set(DatagramChannel channel, ChannelOption<T> option, T value) {
    try {
      if (channel.config().setOption(option, value)) {
        return true;
      }
      LOG.log(Level.DEBUG, "{0} is not supported by {1}", option, channel);
    } catch (ChannelException e) {
      LOG.log(Level.DEBUG, () -> "setting " + option + " of " + channel, e);
    }
    return false;
  }
}
