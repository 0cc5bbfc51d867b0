/** Browsers: their states, and what changed from one set of results to the next. */
@NullMarked
package dev.earshot.internal.browser;

import org.jspecify.annotations.NullMarked;
