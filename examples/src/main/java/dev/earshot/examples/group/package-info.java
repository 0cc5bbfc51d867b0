/** The session of the README. */
@NullMarked
package dev.earshot.examples.group;

import org.jspecify.annotations.NullMarked;
