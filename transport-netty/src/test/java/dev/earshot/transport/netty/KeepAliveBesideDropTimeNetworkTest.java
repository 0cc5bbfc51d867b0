package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.TcpOptions;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** While something is unacknowledged the drop time is set, and otherwise keep-alive decides. */
@Tag("network")
@Timeout(60)
class KeepAliveBesideDropTimeNetworkTest {
  private static final int TIME = 9_000;
  private static final Duration SEVERAL_LOOKS = Duration.ofMillis(1_800);

  private EventLoopGroup loops;
  private ServerSocket listening;
  private EpollSocketChannel channel;
  private final List<Throwable> lost = new CopyOnWriteArrayList<>();
  private DropTime watch;
  private Socket peer;

  @BeforeEach
  void connect() throws Exception {
    Natives.assume("epoll");
    loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    listening = new ServerSocket();
    listening.setReceiveBufferSize(4_096);
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    channel = new EpollSocketChannel();
    TcpOptions options = TcpOptions.builder().dropTime(Duration.ofMillis(TIME)).build();
    SocketOptions.prepare(
        channel, options, new ReadDemand(new KeptBuffer(ByteBufAllocator.DEFAULT, 1_024)));
    watch = new DropTime(channel, options, System::nanoTime, lost::add);
    loops.register(channel).sync();
    channel.connect(listening.getLocalSocketAddress()).sync();
    peer = listening.accept();
  }

  @AfterEach
  void close() throws Exception {
    if (loops != null) {
      channel.close().sync();
      peer.close();
      listening.close();
      assertThat(lost).isEmpty();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private int dropTime() {
    return channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT);
  }

  /** Sends, and returns what is set then, before it can be taken back. */
  private int send(int bytes) throws Exception {
    return channel
        .eventLoop()
        .submit(
            () -> {
              channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[bytes]));
              watch.flushed();
              return dropTime();
            })
        .get(20, TimeUnit.SECONDS);
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void itIsSetWhenSomethingIsSentAndTakenBackOnceThatIsAcknowledged() throws Exception {
    assertThat(dropTime()).isZero();
    for (int round = 0; round < 2; round++) {
      assertThat(send(10)).as("set").isEqualTo(TIME);
      await("acknowledged", () -> dropTime() == 0);
    }
  }

  @Test
  void itStaysSetWhileThePeerHasNoRoom() throws Exception {
    assertThat(send(200_000)).as("set").isEqualTo(TIME); // less than the system holds
    long begun = System.nanoTime();
    await(
        "no room for several looks",
        () -> {
          assertThat(dropTime()).isEqualTo(TIME);
          return System.nanoTime() - begun > SEVERAL_LOOKS.toNanos();
        });
    InputStream in = peer.getInputStream();
    in.readNBytes(200_000);
    await("acknowledged", () -> dropTime() == 0);
  }

  @Test
  void nothingLooksAnyMoreOnceItHasEnded() throws Exception {
    assertThat(send(10)).as("set").isEqualTo(TIME);
    channel.eventLoop().submit(watch::end).sync();
    long begun = System.nanoTime();
    await(
        "nobody takes it back for several looks",
        () -> {
          assertThat(dropTime()).isEqualTo(TIME);
          return System.nanoTime() - begun > SEVERAL_LOOKS.toNanos();
        });
  }
}
