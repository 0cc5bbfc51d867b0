/** What stands behind the public types; exported to nobody. */
@NullMarked
package dev.earshot.internal;

import org.jspecify.annotations.NullMarked;
