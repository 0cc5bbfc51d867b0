package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * The JDK's {@code SocketChannel}, blocking: one call for each chunk that is sent, by the
 * application's thread, and a thread that does nothing but read. Chunks have one length, so they
 * need no frames; what is read is counted where it lies. A file is sent by {@code
 * FileChannel.transferTo}, one call a piece.
 */
public final class PlainSockets implements Contestant {
  private static final int READ = 64 * 1024;

  /** Where a buffer begins decides how fast the system copies to it: not by luck, then. */
  private static final int LINE = 64;

  @Override
  public Server serve(Workload workload) throws IOException {
    ServerSocketChannel port =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    int number = ((InetSocketAddress) port.getLocalAddress()).getPort();
    beside(
        () -> {
          while (true) {
            SocketChannel accepted = port.accept();
            beside(() -> count(accepted, workload));
          }
        });
    return new Server() {
      @Override
      public String contact() {
        return Integer.toString(number);
      }

      @Override
      public void close() {
        closed(port);
      }
    };
  }

  private static void count(SocketChannel channel, Workload workload) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    ChunkCount chunks = new ChunkCount(workload);
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ + LINE).alignedSlice(LINE).slice(0, READ);
    while (channel.read(buffer.clear()) >= 0) {
      chunks.take(buffer.flip(), answer -> writeAll(channel, ByteBuffer.wrap(answer)));
    }
  }

  private static void writeAll(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public Link connect(String contact, Workload workload) throws IOException {
    SocketChannel channel =
        SocketChannel.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(contact)));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    Mailbox mailbox = new Mailbox();
    beside(
        () -> {
          ByteBuffer answer = ByteBuffer.allocate(Tally.ANSWER);
          while (channel.read(answer) >= 0) {
            if (!answer.hasRemaining()) {
              mailbox.offer(answer.array().clone());
              answer.clear();
            }
          }
        });
    return new SocketLink(channel, mailbox);
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void beside(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (ClosedChannelException expected) {
                // the end
              } catch (IOException broken) {
                System.err.println("socket-channel: " + broken);
              }
            },
            "bytes");
    thread.setDaemon(true);
    thread.start();
  }

  private static void closed(Closeable channel) {
    try {
      channel.close();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @Override
  public void close() {}

  private record SocketLink(SocketChannel channel, Mailbox mailbox) implements Link {
    @Override
    public Sender sender() {
      return message -> writeAll(channel, ByteBuffer.wrap(message));
    }

    @Override
    public FileSender fileSender(FileChannel file) {
      return (position, length) -> {
        long moved = 0;
        while (moved < length) {
          long more = file.transferTo(position + moved, length - moved, channel);
          if (more <= 0) {
            throw new EOFException("the file has become shorter");
          }
          moved += more;
        }
      };
    }

    @Override
    public byte[] receive(Duration patience) {
      return mailbox.poll(patience);
    }

    @Override
    public void close() {
      closed(channel);
    }
  }
}
