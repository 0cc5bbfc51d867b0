/** Flow control: what is larger than a message, at the pace of whoever reads it. */
@NullMarked
package dev.earshot.examples.flow;

import org.jspecify.annotations.NullMarked;
