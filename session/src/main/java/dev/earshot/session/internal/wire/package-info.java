/**
 * How the session protocol is written: the generated messages of {@code session.proto}, and what
 * the rest of the session uses instead of them.
 */
@NullMarked
package dev.earshot.session.internal.wire;

import org.jspecify.annotations.NullMarked;
