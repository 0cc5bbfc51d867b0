package dev.earshot.internal.browser;

import dev.earshot.spi.Discovery;
import dev.earshot.spi.Loop;
import java.util.concurrent.Executor;

/** What browsers need of the network that made them. Every method may be called on any thread. */
public interface BrowserHost {

  /**
   * What browses.
   *
   * @throws IllegalStateException if there is no discovery, naming the artifact to add
   */
  Discovery discovery();

  /** The loop for a new browser. */
  Loop nextLoop();

  /** Where futures complete of a browser that was not started, or whose queue refuses tasks. */
  Executor fallbackQueue();

  /**
   * Takes note that {@code browser} holds something from now on.
   *
   * @return false if the network is closed
   */
  boolean opened(LiveBrowser browser);

  /** Takes note that {@code browser} holds nothing any more. */
  void ended(LiveBrowser browser);
}
