package dev.earshot.security.tls.dtls;

import dev.earshot.security.tls.record.DatagramProtection;
import dev.earshot.security.tls.record.RecordFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The messages that one side sends in a row and repeats until the other has answered (RFC 6347,
 * section 4.2.4): cut into fragments, and packed into as few datagrams as they fit into. For one
 * thread.
 */
final class Flight {
  /** The least room in which a fragment is begun. */
  private static final int LEAST_ROOM = 64;

  private final List<Part> parts = new ArrayList<>();

  /** One message, or the one byte that says that a new epoch begins. */
  private sealed interface Part {
    record Message(HandshakeMessage message, int epoch) implements Part {}

    record NewEpoch() implements Part {}
  }

  /** Adds a message that travels in {@code epoch}. */
  void add(HandshakeMessage message, int epoch) {
    parts.add(new Part.Message(message, epoch));
  }

  /** Adds the sign that the next epoch begins (change_cipher_spec). */
  void addNewEpoch() {
    parts.add(new Part.NewEpoch());
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /**
   * Gives all of it, as records with new numbers, to {@code datagrams}.
   *
   * @param size the bytes that a datagram may have
   */
  void send(RecordWriter writer, int size, Consumer<byte[]> datagrams) {
    Packing packing = new Packing(writer, size, datagrams);
    for (Part part : parts) {
      if (part instanceof Part.Message one) {
        packing.add(one.message(), one.epoch());
      } else {
        packing.addNewEpoch();
      }
    }
    packing.leave();
  }

  /** One turn of sending. */
  private static final class Packing {
    private final RecordWriter writer;
    private final Consumer<byte[]> datagrams;
    private final byte[] datagram;
    private int at;

    Packing(RecordWriter writer, int size, Consumer<byte[]> datagrams) {
      this.writer = writer;
      this.datagrams = datagrams;
      this.datagram = new byte[size];
    }

    void add(HandshakeMessage message, int epoch) {
      int overhead = writer.overhead(epoch) + HandshakeMessage.HEADER_BYTES;
      int offset = 0;
      do {
        int left = message.body().length - offset;
        if (at > 0 && datagram.length - at < overhead + Math.min(left, LEAST_ROOM)) {
          leave();
        }
        int count = Math.min(left, datagram.length - at - overhead);
        byte[] fragment = new byte[HandshakeMessage.HEADER_BYTES + count];
        message.putHeader(fragment, 0, offset, count);
        System.arraycopy(message.body(), offset, fragment, HandshakeMessage.HEADER_BYTES, count);
        at += writer.write(RecordFormat.HANDSHAKE, epoch, fragment, datagram, at);
        offset += count;
      } while (offset < message.body().length);
    }

    void addNewEpoch() {
      if (datagram.length - at < DatagramProtection.HEADER_BYTES + 1) {
        leave();
      }
      at += writer.write(RecordFormat.CHANGE_CIPHER_SPEC, 0, new byte[] {1}, datagram, at);
    }

    void leave() {
      if (at > 0) {
        datagrams.accept(Arrays.copyOf(datagram, at));
        at = 0;
      }
    }
  }
}
