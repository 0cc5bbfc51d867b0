/** The user's executors, made serial. */
@NullMarked
package dev.earshot.internal.queue;

import org.jspecify.annotations.NullMarked;
