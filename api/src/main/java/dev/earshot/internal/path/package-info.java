/** The links of this computer, the paths over them, and how names become addresses. */
@NullMarked
package dev.earshot.internal.path;

import org.jspecify.annotations.NullMarked;
