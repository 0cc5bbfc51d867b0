package dev.earshot.security.tls.dtls;

import dev.earshot.ConnectionLostException;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.engine.Alerts;
import dev.earshot.security.tls.record.DatagramProtection;
import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.LoopConfined;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.jspecify.annotations.Nullable;

/**
 * One flow under DTLS 1.2: reads and writes records, has the {@link HandshakeSide} shake hands, and
 * repeats what the network may have lost.
 *
 * <p>What arrives is believed only if it is authentic. Everything else, such as records of unknown
 * epochs, damaged, repeated or forged ones, is dropped without a word and counted (RFC 6347,
 * section 4.1.2.7).
 */
@LoopConfined
final class DtlsFlow implements DatagramSecurity.SecuredFlow, HandshakeSide.Line {
  private static final long NUMBER_MASK = (1L << 48) - 1;

  private final DatagramSecurity.Place place;
  private final DatagramSecurity.Events events;
  private final boolean server;
  private final HandshakeSide side;
  private final MessageAssembly assembly;
  private final RecordWriter writer = new RecordWriter();
  private final ReplayWindow window = new ReplayWindow();
  private final Repetition repetition;
  private final EarlyRecords early = new EarlyRecords();

  private @Nullable DatagramProtection protection;
  private @Nullable SecurityMetadata metadata;
  private boolean heard;
  private boolean renegotiationRefused;
  private boolean over;
  private long discarded;

  /** Makes the side of a flow that is being made. */
  interface SideMaker {
    HandshakeSide make(HandshakeSide.Line line);
  }

  DtlsFlow(
      DatagramSecurity.Place place,
      DatagramSecurity.Events events,
      boolean server,
      SideMaker sides) {
    this.place = place;
    this.events = events;
    this.server = server;
    this.side = sides.make(this);
    this.assembly = new MessageAssembly(side.longestMessage());
    this.repetition = new Repetition(place, writer, events);
  }

  @Override
  public void begin() {
    place.loop().assertInLoop();
    try {
      side.begin();
    } catch (DtlsFailure e) {
      failed(e);
    }
  }

  // What arrives.

  @Override
  public void arrived(byte[] datagram) {
    place.loop().assertInLoop();
    int at = 0;
    while (!over && at < datagram.length) {
      int length = RecordHeader.length(datagram, at);
      if (length < 0) {
        discarded++;
        return; // where the next would begin, nobody knows
      }
      record(datagram, at, length);
      at += length;
    }
  }

  private void record(byte[] datagram, int at, int length) {
    long number = RecordHeader.number(datagram, at);
    int epoch = (int) (number >>> 48);
    if (epoch == 0) {
      inTheClear(datagram, at, length);
    } else if (epoch == 1 && protection != null) {
      open(datagram, at, length, number & NUMBER_MASK);
    } else if (epoch != 1 || !early.keep(datagram, at, length)) {
      discarded++;
    }
  }

  /** Before there are keys anybody may have sent it; afterwards it means nothing any more. */
  private void inTheClear(byte[] datagram, int at, int length) {
    int from = at + DatagramProtection.HEADER_BYTES;
    int to = at + length;
    if (metadata != null) {
      discarded++;
      return;
    }
    switch (datagram[at]) {
      case RecordFormat.HANDSHAKE -> {
        if (server && assembly.expected() == 0) {
          adopt(datagram, at, from, to);
        }
        fragments(datagram, from, to, 0);
      }
      case RecordFormat.ALERT -> alert(datagram, from, to);
      case RecordFormat.CHANGE_CIPHER_SPEC -> {
        // Says nothing that the epoch in each record does not say.
      }
      default -> discarded++;
    }
  }

  /**
   * The numbers of a client whose hello is the first that comes here, since the doorkeeper has
   * answered those before (RFC 6347, section 4.2.1).
   */
  private void adopt(byte[] datagram, int at, int from, int to) {
    if (MessageAssembly.length(datagram, from, to) > 0
        && datagram[from] == HandshakeMessage.CLIENT_HELLO
        && !heard) {
      int number = (datagram[from + 4] & 0xFF) << 8 | (datagram[from + 5] & 0xFF);
      if (number <= 4) {
        assembly.expect(number);
        writer.numberInTheClear(RecordHeader.number(datagram, at) & NUMBER_MASK);
      }
    }
  }

  private void open(byte[] datagram, int at, int length, long number) {
    DatagramProtection keys = protection;
    if (keys == null || !window.admits(number)) {
      discarded++;
      return;
    }
    byte[] content;
    try {
      content = keys.open(datagram, at, length);
    } catch (AEADBadTagException e) {
      discarded++;
      if (metadata == null) {
        side.unreadable(datagram, at, length);
      }
      return;
    }
    window.accept(number);
    switch (datagram[at]) {
      case RecordFormat.APPLICATION_DATA -> application(content);
      case RecordFormat.HANDSHAKE -> protectedHandshake(content);
      case RecordFormat.ALERT -> alert(content, 0, content.length);
      default -> discarded++;
    }
  }

  private void application(byte[] content) {
    if (metadata == null) {
      discarded++; // the peer has not proved yet that it saw the same handshake
    } else {
      repetition.answered();
      events.content(Payload.wrap(content));
    }
  }

  private void protectedHandshake(byte[] content) {
    int type = content.length == 0 ? -1 : content[0];
    boolean renews =
        type == HandshakeMessage.CLIENT_HELLO || type == HandshakeMessage.HELLO_REQUEST;
    if (metadata != null && renews) {
      refuseRenegotiation();
    } else {
      fragments(content, 0, content.length, 1);
    }
  }

  private void refuseRenegotiation() {
    if (!renegotiationRefused) {
      renegotiationRefused = true;
      sendAlert(AlertLevel.warning, AlertDescription.no_renegotiation);
    }
  }

  /** Takes the fragments of handshake messages in a record of {@code epoch}. */
  private void fragments(byte[] bytes, int from, int to, int epoch) {
    int at = from;
    while (at < to && !over) {
      int length = MessageAssembly.length(bytes, at, to);
      if (length < 0) {
        discarded++;
        return;
      }
      boolean fits = (bytes[at] == HandshakeMessage.FINISHED) == (epoch == 1);
      MessageAssembly.Outcome outcome =
          fits ? assembly.take(bytes, at) : MessageAssembly.Outcome.REFUSED;
      switch (outcome) {
        case TAKEN -> messages();
        case REPEATED -> repetition.asked();
        default -> discarded++;
      }
      at += length;
    }
  }

  private void messages() {
    if (!heard) {
      heard = true;
      events.heard();
    }
    try {
      while (!over) {
        HandshakeMessage next = assembly.poll();
        if (next == null) {
          return;
        }
        repetition.answered();
        side.message(next);
      }
    } catch (DtlsFailure e) {
      failed(e);
    } catch (RuntimeException mistake) {
      failed(DtlsFailure.here(mistake));
    }
  }

  private void alert(byte[] bytes, int from, int to) {
    if (to - from != 2) {
      discarded++;
      return;
    }
    int level = bytes[from];
    int description = bytes[from + 1] & 0xFF;
    boolean closes = description == AlertDescription.close_notify;
    if (!closes && level != AlertLevel.fatal) {
      return;
    }
    if (metadata == null) {
      failed(side.received(description));
    } else if (closes) {
      sendAlert(AlertLevel.warning, AlertDescription.close_notify);
      end();
      events.closed();
    } else {
      end();
      events.failed(
          new ConnectionLostException(
              "DTLS with %s: the peer ended it (%s)"
                  .formatted(place.peer(), Alerts.name(description))));
    }
  }

  // HandshakeSide.Line

  @Override
  public void send(Flight flight) {
    repetition.begin(flight);
  }

  @Override
  public void keys(DatagramProtection made) {
    protection = made;
    writer.protect(made);
    early.release(
        (bytes, length) -> open(bytes, 0, length, RecordHeader.number(bytes, 0) & NUMBER_MASK));
  }

  @Override
  public void done(SecurityMetadata settled) {
    metadata = settled;
    repetition.rest(server);
    side.release();
    events.ready();
  }

  @Override
  public void failed(DtlsFailure failure) {
    if (over) {
      return;
    }
    if (failure.alert() != DtlsFailure.SILENT) {
      sendAlert(AlertLevel.fatal, failure.alert());
    }
    end();
    events.failed(failure.explain(place.peer()));
  }

  private void sendAlert(int level, int description) {
    byte[] alert = {(byte) level, (byte) description};
    int epoch = metadata != null || (protection != null && !server) ? 1 : 0;
    byte[] record = new byte[writer.overhead(epoch) + alert.length];
    int length = writer.write(RecordFormat.ALERT, epoch, alert, record, 0);
    events.send(record, 0, length);
  }

  // What is sent.

  @Override
  public int maximumContent(int size) {
    return protection == null
        ? 0
        : Math.min(RecordFormat.MAXIMUM_CONTENT, Math.max(0, size - protection.overhead()));
  }

  @Override
  public int seal(Payload content, byte[] target, int at) {
    place.loop().assertInLoop();
    if (over || metadata == null) {
      return 0;
    }
    if (writer.isUsedUp()) {
      sendAlert(AlertLevel.warning, AlertDescription.close_notify);
      end();
      events.failed(
          new ConnectionLostException(
              "DTLS with %s: the key has protected all that it may; connect again"
                  .formatted(place.peer())));
      return 0;
    }
    return writer.write(content, target, at);
  }

  // Ending.

  @Override
  public void close() {
    place.loop().assertInLoop();
    if (!over && metadata != null) {
      sendAlert(AlertLevel.warning, AlertDescription.close_notify);
    }
    end();
  }

  @Override
  public void abort() {
    place.loop().assertInLoop();
    end();
  }

  private void end() {
    over = true;
    repetition.end();
    side.release();
    early.drop();
  }

  // Facts.

  @Override
  public SecurityMetadata metadata() {
    if (metadata == null) {
      throw new IllegalStateException("the handshake is not over");
    }
    return metadata;
  }

  @Override
  public Optional<NetworkException> suspicion() {
    return over || metadata != null ? Optional.empty() : side.suspicion(place.peer());
  }

  @Override
  public long discarded() {
    return discarded;
  }
}
