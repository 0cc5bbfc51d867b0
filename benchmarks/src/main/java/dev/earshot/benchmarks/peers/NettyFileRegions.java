package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Workload;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;
import java.nio.channels.FileChannel;
import java.time.Duration;

/**
 * The practical limit of sending a file: Netty's {@code DefaultFileRegion}, one a piece, written
 * while the channel is writable with a high water mark of 1 MiB. On epoll that is {@code sendfile},
 * so that no byte of the file enters the sending process.
 */
public final class NettyFileRegions implements Contestant {
  private static final int HIGH_WATER_MARK = 1024 * 1024;

  private final NettyLoops loops = new NettyLoops(HIGH_WATER_MARK);

  @Override
  public Server serve(Workload workload) throws InterruptedException {
    return new NettyServer(
        loops.bind(channel -> channel.pipeline().addLast(new ChunkReader(workload))));
  }

  @Override
  public Link connect(String contact, Workload workload) throws InterruptedException {
    AnswerReader answers = new AnswerReader();
    Channel channel =
        loops.connect(
            Integer.parseInt(contact),
            made -> {
              made.config().setMessageSizeEstimator(RegionSizes.INSTANCE);
              made.pipeline().addLast(answers);
            });
    return new RegionLink(channel, answers);
  }

  @Override
  public void close() {
    loops.close();
  }

  private record RegionLink(Channel channel, AnswerReader answers) implements Link {
    @Override
    public Sender sender() {
      return message -> write(Unpooled.wrappedBuffer(message));
    }

    @Override
    public FileSender fileSender(FileChannel file) {
      return (position, length) -> write(new SharedRegion(file, position, length));
    }

    private void write(Object part) throws InterruptedException {
      if (!channel.isWritable()) {
        answers.room().await(channel::isWritable);
      }
      channel.writeAndFlush(part, channel.voidPromise());
    }

    @Override
    public byte[] receive(Duration patience) {
      return answers.mailbox().poll(patience);
    }

    @Override
    public void close() {
      channel.close().syncUninterruptibly();
    }
  }

  /** A region of a file that others are sent from too, so that it stays open. */
  private static final class SharedRegion extends DefaultFileRegion {
    SharedRegion(FileChannel file, long position, long count) {
      super(file, position, count);
    }

    @Override
    protected void deallocate() {
      // whoever has opened the file closes it
    }
  }

  /** Counts regions with their bytes; by default Netty counts them as nothing. */
  private enum RegionSizes implements MessageSizeEstimator {
    INSTANCE;

    @Override
    public Handle newHandle() {
      Handle others = DefaultMessageSizeEstimator.DEFAULT.newHandle();
      return message ->
          message instanceof FileRegion region
              ? Math.toIntExact(region.count())
              : others.size(message);
    }
  }
}
