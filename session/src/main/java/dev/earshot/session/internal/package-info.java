/** What stands behind the session's public types; exported to nobody. */
@NullMarked
package dev.earshot.session.internal;

import org.jspecify.annotations.NullMarked;
