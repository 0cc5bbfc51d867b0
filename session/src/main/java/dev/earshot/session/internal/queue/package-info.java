/** The queues on which a session's tasks and its user's run, one at a time. */
@NullMarked
package dev.earshot.session.internal.queue;

import org.jspecify.annotations.NullMarked;
