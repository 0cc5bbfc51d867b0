/** The two sides of the README: one connects, the other accepts. */
@NullMarked
package dev.earshot.examples.echo;

import org.jspecify.annotations.NullMarked;
