/**
 * Fixtures for whole handles without sockets and without waiting: time that stands still until a
 * test moves it, a network in memory, and what can go wrong on it by name.
 *
 * <p>They stand behind the same seams as the real providers and use nothing else.
 */
@NullMarked
package dev.earshot.testing;

import org.jspecify.annotations.NullMarked;
