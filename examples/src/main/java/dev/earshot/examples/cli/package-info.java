/** The {@code earshot} command: one class a subcommand. */
@NullMarked
package dev.earshot.examples.cli;

import org.jspecify.annotations.NullMarked;
