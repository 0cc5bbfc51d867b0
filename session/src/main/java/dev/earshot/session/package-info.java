/**
 * A session: peers that find each other, connect exactly once, and exchange messages and files.
 *
 * <p>{@link dev.earshot.session.Session} is the door. It is built on {@code dev.earshot} alone;
 * what it says on the wire is described in {@code docs/protocol.md}.
 */
@NullMarked
package dev.earshot.session;

import org.jspecify.annotations.NullMarked;
