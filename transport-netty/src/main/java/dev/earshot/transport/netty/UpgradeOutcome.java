package dev.earshot.transport.netty;

import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;

/** What becomes of an HTTP/1.1 upgrade: one of the two, once. On the loop. */
interface UpgradeOutcome {

  /**
   * Both sides agree.
   *
   * @param upgrade to what
   * @param rest the bytes of the new protocol that have come already
   */
  void agreed(HttpUpgrade upgrade, byte[] rest);

  /** They do not; the stage has been left, or has failed by itself. */
  void failed(NetworkException cause);
}
