/** A control stream, on which the two ends of a QUIC group say who they are and why they go. */
@NullMarked
package dev.earshot.examples.control;

import org.jspecify.annotations.NullMarked;
