package dev.earshot.architecture.samples.internal;

import org.bouncycastle.tls.TlsPeer;

/** Ties the core to an engine. */
interface LeakingBouncyCastle {
  TlsPeer peer();
}
