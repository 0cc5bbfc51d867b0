/** A second connection with the same peer, beside one of messages. */
@NullMarked
package dev.earshot.examples.beside;

import org.jspecify.annotations.NullMarked;
