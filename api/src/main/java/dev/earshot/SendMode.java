package dev.earshot;

/** Whether what is sent arrives. Which of them a connection has, its protocol decides. */
public enum SendMode {
  /** All of it arrives, once and in order, or the connection fails. */
  RELIABLE,

  /** A message arrives once, more often or not at all, in any order, and waits for no other. */
  BEST_EFFORT
}
