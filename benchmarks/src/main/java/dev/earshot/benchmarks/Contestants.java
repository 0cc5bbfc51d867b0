package dev.earshot.benchmarks;

import dev.earshot.benchmarks.peers.Earshot;
import dev.earshot.benchmarks.peers.EarshotUnmasked;
import dev.earshot.benchmarks.peers.JavaWebSocket;
import dev.earshot.benchmarks.peers.JeroMq;
import dev.earshot.benchmarks.peers.Kwik;
import dev.earshot.benchmarks.peers.NettyFileRegions;
import dev.earshot.benchmarks.peers.NettyQuic;
import dev.earshot.benchmarks.peers.NettyUdp;
import dev.earshot.benchmarks.peers.NettyWebSocket;
import dev.earshot.benchmarks.peers.PlainDatagrams;
import dev.earshot.benchmarks.peers.PlainSockets;
import dev.earshot.benchmarks.peers.RawNetty;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Everyone who takes part in the comparison. */
enum Contestants {
  NR("raw length-prefixed frames on Netty, batched: the practical limit", RawNetty::plain),
  NWS("Netty's stock WebSocket codec, one writeAndFlush a message", NettyWebSocket::new),
  JAVA_WEBSOCKET("Java-WebSocket", JavaWebSocket::new),
  JEROMQ("JeroMQ PUSH/PULL, DEALER/ROUTER for echoes", JeroMq::new),
  EARSHOT_WS("Earshot's public API over plain WebSocket", Earshot::webSocket),
  EARSHOT_WS_PSK("the same with TLS and a pre-shared key", Earshot::webSocketWithKey),
  EARSHOT_TCP_FRAMED("the same over plain TCP with a length before each", Earshot::framedTcp),
  EARSHOT_WS_UNMASKED(
      "over plain WebSocket, sent by the side that accepted; only bulk", EarshotUnmasked::new),
  EARSHOT_TCP("the same over plain TCP; only bulk and file", Earshot::tcp),
  EARSHOT_TCP_PSK("TCP with TLS and a pre-shared key; only bulk", Earshot::tcpWithKey),
  NR_JSSE("NR inside the JDK's own TLS 1.3; one way only", RawNetty::jdkTls),
  NR_BORINGSSL(
      "NR inside BoringSSL's TLS 1.3; one way only, and conn",
      RawNetty::boringSslTls,
      NativeLibrary.BORINGSSL),
  NR_BOUNCY_CASTLE(
      "NR inside Bouncy Castle's TLS 1.2 with a pre-shared key; one way only",
      RawNetty::bouncyCastlePsk),
  SOCKET_CHANNEL("the JDK's SocketChannel, blocking; only bulk", PlainSockets::new),
  NETTY_FILE_REGION(
      "Netty's DefaultFileRegion, sendfile where that is: the practical limit; only file",
      NettyFileRegions::new),
  FILE_CHANNEL("FileChannel.transferTo a blocking SocketChannel; only file", PlainSockets::new),
  EARSHOT_QUIC("Earshot's public API over QUIC; only bulk", Earshot::quic, NativeLibrary.QUIC),
  EARSHOT_QUIC_LARGE(
      "the same with packets of 9,000 bytes; only bulk", Earshot::largeQuic, NativeLibrary.QUIC),
  NETTY_QUIC(
      "QUIC straight on Netty, set up as Earshot does: the practical limit; only bulk",
      NettyQuic::usual,
      NativeLibrary.QUIC),
  NETTY_QUIC_LARGE(
      "the same with packets of 9,000 bytes; only bulk", NettyQuic::large, NativeLibrary.QUIC),
  KWIK("kwik, QUIC in Java; only bulk", Kwik::new),
  NETTY_UDP("datagrams straight on Netty, with GSO and GRO: the practical limit", NettyUdp::new),
  DATAGRAM_CHANNEL("the JDK's DatagramChannel, one call a datagram", PlainDatagrams::new),
  EARSHOT_UDP("Earshot's public API over plain UDP", Earshot::udp),
  EARSHOT_UDP_PSK("the same with DTLS and a pre-shared key", Earshot::udpWithKey);

  private final String description;
  private final Supplier<Contestant> maker;
  private final Optional<NativeLibrary> library;

  Contestants(String description, Supplier<Contestant> maker) {
    this(description, maker, Optional.empty());
  }

  Contestants(String description, Supplier<Contestant> maker, NativeLibrary library) {
    this(description, maker, Optional.of(library));
  }

  Contestants(String description, Supplier<Contestant> maker, Optional<NativeLibrary> library) {
    this.description = description;
    this.maker = maker;
    this.library = library;
  }

  /**
   * Whether the workload makes sense for it: echoes need messages, and streams have none; what
   * differs from NR only in its protection is there to compare that; JeroMQ does not tell when a
   * socket has connected, so that a thousand would not be open together.
   */
  boolean takesPartIn(Workload workload) {
    if (datagrams() != workload.lossy()) {
      return false;
    }
    if (workload.kind() == Workload.Kind.FILE) {
      return sendsFiles();
    }
    return switch (this) {
      case JEROMQ -> workload.kind() != Workload.Kind.IDLE;
      case NR_BORINGSSL -> workload.oneWay() || workload.kind() == Workload.Kind.CONN;
      case NETTY_FILE_REGION, FILE_CHANNEL -> false;
      case EARSHOT_WS_UNMASKED,
          EARSHOT_TCP,
          EARSHOT_TCP_PSK,
          SOCKET_CHANNEL,
          EARSHOT_QUIC,
          EARSHOT_QUIC_LARGE,
          NETTY_QUIC,
          NETTY_QUIC_LARGE,
          KWIK ->
          workload.kind() == Workload.Kind.BULK;
      case NR_JSSE, NR_BOUNCY_CASTLE -> workload.oneWay();
      default -> true;
    };
  }

  private boolean sendsFiles() {
    return switch (this) {
      case EARSHOT_TCP, NETTY_FILE_REGION, FILE_CHANNEL -> true;
      default -> false;
    };
  }

  private boolean datagrams() {
    return switch (this) {
      case NETTY_UDP, DATAGRAM_CHANNEL, EARSHOT_UDP, EARSHOT_UDP_PSK -> true;
      default -> false;
    };
  }

  /** Who is asked when nobody is named. */
  static List<Contestants> usual() {
    return List.of(
        NR,
        NWS,
        JAVA_WEBSOCKET,
        JEROMQ,
        EARSHOT_WS,
        EARSHOT_WS_PSK,
        EARSHOT_TCP,
        SOCKET_CHANNEL,
        NETTY_FILE_REGION,
        FILE_CHANNEL,
        NETTY_UDP,
        DATAGRAM_CHANNEL,
        EARSHOT_UDP,
        EARSHOT_UDP_PSK);
  }

  /**
   * Makes it.
   *
   * @throws MissingLibraryException if it cannot work here
   */
  Contestant make() {
    requireLibrary();
    return maker.get();
  }

  /** Throws {@link MissingLibraryException} if it cannot work here. */
  void requireLibrary() {
    library.ifPresent(needed -> needed.require(word()));
  }

  boolean isAvailable() {
    return library.map(NativeLibrary::isAvailable).orElse(true);
  }

  /** How it is called on the command line and in tables. */
  String word() {
    return this == NR || this == NWS ? name() : name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String description() {
    return description;
  }

  static Contestants of(String word) {
    return Arrays.stream(values())
        .filter(one -> one.word().equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "neither a workload nor a contestant: "
                        + word
                        + "; contestants are "
                        + Arrays.stream(values())
                            .map(Contestants::word)
                            .collect(Collectors.joining(" "))));
  }
}
