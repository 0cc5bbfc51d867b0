package dev.earshot;

/**
 * What was lost on a connection of datagrams, as far as this side can know. Immutable; numbers of
 * datagrams since the connection was ready.
 *
 * @param sendsDropped not sent: dropped for fresher ones, or refused by the system
 * @param receivesDropped arrived and dropped, the oldest first, since nobody read them
 * @param discarded arrived and not believed: forged, repeated, damaged or for another connection
 * @param unreachable how often the network said that the peer's port cannot be reached (ICMP). It
 *     may be there again at any moment, and anybody on the path can say so: sending and receiving
 *     go on
 */
public record DatagramCounts(
    long sendsDropped, long receivesDropped, long discarded, long unreachable) {
  /** Nothing was lost. */
  public static final DatagramCounts NONE = new DatagramCounts(0, 0, 0, 0);
}
