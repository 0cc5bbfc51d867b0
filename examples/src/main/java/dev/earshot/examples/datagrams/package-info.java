/** Datagrams: where each message replaces the one before. */
@NullMarked
package dev.earshot.examples.datagrams;

import org.jspecify.annotations.NullMarked;
