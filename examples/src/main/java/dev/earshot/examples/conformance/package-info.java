/** WebSocket programs for whoever has a conformance suite: see {@code docs/conformance.md}. */
@NullMarked
package dev.earshot.examples.conformance;

import org.jspecify.annotations.NullMarked;
