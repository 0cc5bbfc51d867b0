package dev.earshot.architecture.samples.internal;

import javax.jmdns.JmDNS;

/** Ties the core to an engine. */
interface LeakingJmdns {
  JmDNS responder();
}
