/**
 * What a transport, discovery or security provider implements.
 *
 * <p>Programs that only use Earshot have no business here. A provider is found by {@link
 * java.util.ServiceLoader}. All I/O and all threads live behind these interfaces; the states, the
 * racing of addresses, deadlines, queues and limits live in front of them and are the same for all.
 *
 * <p>The thread rule: what belongs to one handle is called on that handle's {@link
 * dev.earshot.spi.Loop} only, in both directions, unless a method says otherwise.
 */
@NullMarked
package dev.earshot.spi;

import org.jspecify.annotations.NullMarked;
