package dev.earshot.testing;

/** What may happen to a datagram on a {@link MemoryWire}. */
public enum DatagramFault {
  /** It does not arrive. */
  DROP,
  /** It arrives twice. */
  DUPLICATE,
  /** It arrives after some that were sent later. */
  REORDER,
  /** It arrives half a second late. */
  DELAY,
  /** It arrives with a byte that is another. */
  CORRUPT,
  /** It arrives without its end. */
  TRUNCATE
}
