/** Connections: their states, how they come about, and what waits to be sent and read. */
@NullMarked
package dev.earshot.internal.connection;

import org.jspecify.annotations.NullMarked;
