package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Messages;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import java.time.Duration;

/**
 * NR, the practical limit: length-prefixed frames straight on Netty, as fast as a hand-written
 * codec makes them. No ids, no acknowledgements, no dispatch to an application's thread on the
 * serving side. The others that are made here differ in what protects the bytes.
 */
public final class RawNetty implements Contestant {
  private static final int HIGH_WATER_MARK = 1024 * 1024;
  private static final long FAREWELL_MILLIS = 1_000;

  private final NettyLoops loops = new NettyLoops(HIGH_WATER_MARK);
  private final Protection protection;

  private RawNetty(Protection protection) {
    this.protection = protection;
  }

  /** Without protection: NR itself. */
  public static RawNetty plain() {
    return new RawNetty(Protection.NONE);
  }

  /** TLS 1.3 by the JDK's own engine, with a certificate, through Netty's handler. */
  public static RawNetty jdkTls() {
    return new RawNetty(CertificateTls.by(SslProvider.JDK));
  }

  /** TLS 1.3 by BoringSSL, with a certificate, through Netty's handler. */
  public static RawNetty boringSslTls() {
    return new RawNetty(CertificateTls.by(SslProvider.OPENSSL));
  }

  /** TLS 1.2 with a pre-shared key by Bouncy Castle, its record layer as it comes. */
  public static RawNetty bouncyCastlePsk() {
    return new RawNetty(new BouncyCastlePsk());
  }

  @Override
  public Server serve(Workload workload) throws InterruptedException {
    Channel server =
        loops.bind(
            channel -> {
              protection.serve(channel);
              channel.pipeline().addLast(new Serving(workload));
            });
    return new NettyServer(server);
  }

  @Override
  public Link connect(String contact, Workload workload) throws InterruptedException {
    Mailbox mailbox = new Mailbox();
    BatchingSender sender = new BatchingSender();
    Channel channel =
        loops.connect(
            Integer.parseInt(contact),
            made -> {
              protection.connect(made);
              made.pipeline().addLast(new Connecting(mailbox), sender);
            });
    return new RawLink(protection, channel, sender, mailbox);
  }

  @Override
  public void close() {
    loops.close();
  }

  private record RawLink(Protection protection, Channel channel, Sender sender, Mailbox mailbox)
      implements Link {
    @Override
    public byte[] receive(Duration patience) {
      return mailbox.poll(patience);
    }

    /** As the others do: not before the peer has said farewell too. */
    @Override
    public void close() {
      protection.farewell(channel);
      if (!channel.closeFuture().awaitUninterruptibly(FAREWELL_MILLIS)) {
        channel.close().syncUninterruptibly();
      }
    }
  }

  private static final class Connecting extends FrameReader {
    private final Mailbox mailbox;

    Connecting(Mailbox mailbox) {
      this.mailbox = mailbox;
    }

    @Override
    void data(ChannelHandlerContext context, int length) {
      throw new IllegalStateException("the server sent data");
    }

    @Override
    void other(ChannelHandlerContext context, byte[] message) {
      mailbox.offer(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      mailbox.end(null);
      context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      mailbox.end(cause);
      context.fireExceptionCaught(cause);
    }
  }

  private static final class Serving extends FrameReader {
    private final Tally tally;

    Serving(Workload workload) {
      this.tally = new Tally(workload);
    }

    @Override
    void data(ChannelHandlerContext context, int length) {
      tally.data(length);
    }

    @Override
    void other(ChannelHandlerContext context, byte[] message) {
      byte[] answer = message[0] == Messages.MARK ? tally.answer() : message;
      context.write(
          context.alloc().buffer(4 + answer.length).writeInt(answer.length).writeBytes(answer),
          context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslCloseCompletionEvent) {
        context.close(); // the client has said farewell, and waits for ours
      }
      context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      System.err.println("NR server: " + cause);
      context.close();
    }
  }
}
