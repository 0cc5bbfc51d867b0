/** Side streams: connections beside the one that a peer and its session talk over. */
@NullMarked
package dev.earshot.session.internal.stream;

import org.jspecify.annotations.NullMarked;
