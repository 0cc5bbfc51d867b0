package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Messages;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;

/**
 * The JDK's {@code DatagramChannel}, blocking: one call for each datagram that is sent, one for
 * each that is received, by a thread that does nothing else.
 */
public final class PlainDatagrams implements Contestant {
  private static final int LARGEST = 65_507;
  private static final int SYSTEM_BUFFER = 4 << 20;

  private static DatagramChannel open() throws IOException {
    return DatagramChannel.open()
        .setOption(StandardSocketOptions.SO_RCVBUF, SYSTEM_BUFFER)
        .setOption(StandardSocketOptions.SO_SNDBUF, SYSTEM_BUFFER);
  }

  @Override
  public Server serve(Workload workload) throws IOException {
    DatagramChannel channel =
        open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Tally tally = new Tally(workload);
    reading(channel, (datagram, source) -> answer(channel, tally, datagram, source));
    int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    return new Server() {
      @Override
      public String contact() {
        return Integer.toString(port);
      }

      @Override
      public void close() {
        closed(channel);
      }
    };
  }

  private static void answer(
      DatagramChannel channel, Tally tally, ByteBuffer datagram, SocketAddress source)
      throws IOException {
    switch (datagram.get(datagram.position())) {
      case Messages.DATA -> tally.data(datagram.remaining());
      case Messages.MARK -> channel.send(ByteBuffer.wrap(tally.soFar(bytes(datagram))), source);
      default -> channel.send(datagram, source);
    }
  }

  private static byte[] bytes(ByteBuffer datagram) {
    byte[] bytes = new byte[datagram.remaining()];
    datagram.get(bytes);
    return bytes;
  }

  @Override
  public Link connect(String contact, Workload workload) throws IOException {
    InetSocketAddress server =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(contact));
    DatagramChannel channel = open().connect(server);
    Mailbox mailbox = new Mailbox();
    reading(channel, (datagram, source) -> mailbox.offer(bytes(datagram)));
    return new ChannelLink(channel, mailbox);
  }

  /** What becomes of a datagram. */
  private interface Taker {
    void take(ByteBuffer datagram, SocketAddress source) throws IOException;
  }

  private static void reading(DatagramChannel channel, Taker taker) {
    Thread reader =
        new Thread(
            () -> {
              ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);
              try {
                while (true) {
                  SocketAddress source = channel.receive(buffer.clear());
                  taker.take(buffer.flip(), source);
                }
              } catch (ClosedChannelException expected) {
                // the end
              } catch (IOException broken) {
                System.err.println("datagram-channel: " + broken);
              }
            },
            "datagrams");
    reader.setDaemon(true);
    reader.start();
  }

  private static void closed(DatagramChannel channel) {
    try {
      channel.close();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @Override
  public void close() {}

  private record ChannelLink(DatagramChannel channel, Mailbox mailbox) implements Link {
    @Override
    public Sender sender() {
      ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);
      return message -> channel.write(buffer.clear().put(message).flip());
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
