/** Messages on streams of bytes. */
@NullMarked
package dev.earshot.internal.framing;

import org.jspecify.annotations.NullMarked;
