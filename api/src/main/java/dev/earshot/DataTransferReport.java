package dev.earshot;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a connection, or a group of connections, has carried. Immutable.
 *
 * <p>Pieces are messages or datagrams; on a stream of bytes they are what single sends gave and
 * single arrivals brought. Bytes are those of the content, without headers of any kind.
 *
 * @param duration the time that the report is about: since the connection was ready, and until it
 *     was over
 * @param bytesSent the bytes that were taken from the program and handed on to be sent
 * @param piecesSent the pieces that they came in
 * @param bytesReceived the bytes that have arrived, read by the program or not
 * @param piecesReceived the pieces that they came in
 * @param path the path, as it was known when the report was made
 * @param tcp what the system says of its TCP connection; on Linux with the native transport
 */
public record DataTransferReport(
    Duration duration,
    long bytesSent,
    long piecesSent,
    long bytesReceived,
    long piecesReceived,
    Optional<NetworkPath> path,
    Optional<Tcp> tcp) {

  /** Checks that there are values. */
  public DataTransferReport {
    Objects.requireNonNull(duration, "duration");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(tcp, "tcp");
  }

  /** What was carried between {@code earlier}, a report of the same connection, and this one. */
  public DataTransferReport since(DataTransferReport earlier) {
    Objects.requireNonNull(earlier, "earlier");
    return new DataTransferReport(
        duration.minus(earlier.duration),
        bytesSent - earlier.bytesSent,
        piecesSent - earlier.piecesSent,
        bytesReceived - earlier.bytesReceived,
        piecesReceived - earlier.piecesReceived,
        path,
        tcp);
  }

  /**
   * What the system says of a TCP connection, since it was made.
   *
   * @param roundTrip the round-trip time, smoothed (RFC 6298)
   * @param roundTripVariation how much it varies
   * @param retransmissions the segments that were sent again
   */
  public record Tcp(Duration roundTrip, Duration roundTripVariation, long retransmissions) {
    /** Checks that there are values. */
    public Tcp {
      Objects.requireNonNull(roundTrip, "roundTrip");
      Objects.requireNonNull(roundTripVariation, "roundTripVariation");
    }
  }
}
