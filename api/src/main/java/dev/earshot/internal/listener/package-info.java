/** Listeners: their states, what they bind, whom they let in, and what they advertise. */
@NullMarked
package dev.earshot.internal.listener;

import org.jspecify.annotations.NullMarked;
