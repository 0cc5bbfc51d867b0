/**
 * Listeners, connections and browsers: what an application programs against.
 *
 * <p>{@link dev.earshot.Network} is the one door. It makes {@link dev.earshot.Listener}s, {@link
 * dev.earshot.Connection}s and {@link dev.earshot.Browser}s, each configured by {@link
 * dev.earshot.Parameters}.
 */
@NullMarked
package dev.earshot;

import org.jspecify.annotations.NullMarked;
