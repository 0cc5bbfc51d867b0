package dev.earshot.session.internal.resource;

import java.time.Duration;

/** Notices that a transfer does not move any more. On the session's queue. */
final class StallWatch {
  /** How long nothing may move; a slow disk is given that much for one piece. */
  static final Duration LONGEST = Duration.ofSeconds(60);

  /** How long the other side has to say why a stream broke. */
  static final Duration EXPLANATION = Duration.ofSeconds(2);

  private static final int LOOKS = 3;

  private final Alarm alarm;
  private final TransferReport report;
  private final Runnable stalled;
  private long seen = -1;
  private int sinceMoved;

  StallWatch(Alarm alarm, TransferReport report, Runnable stalled) {
    this.alarm = alarm;
    this.report = report;
    this.stalled = stalled;
  }

  /** Looks from now on, until the alarm is set to something else or cleared. */
  void begin() {
    alarm.set(LONGEST.dividedBy(LOOKS), this::look);
  }

  private void look() {
    long now = report.transferred();
    sinceMoved = now == seen ? sinceMoved + 1 : 0;
    seen = now;
    if (sinceMoved >= LOOKS) {
      stalled.run();
    } else {
      begin();
    }
  }
}
