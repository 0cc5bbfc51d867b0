package dev.earshot;

/** What kind of link a network interface is. More kinds may be added; treat an unknown as OTHER. */
public enum LinkType {
  /** Ethernet and the like. */
  WIRED,
  /** Wi-Fi. */
  WIFI,
  /** A mobile network. */
  CELLULAR,
  /** This computer only. */
  LOOPBACK,
  /** A tunnel, a bridge, or a kind that could not be told. */
  OTHER
}
