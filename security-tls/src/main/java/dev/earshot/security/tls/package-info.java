/** Making, storing and loading what one side of TLS proves itself with. */
@NullMarked
package dev.earshot.security.tls;

import org.jspecify.annotations.NullMarked;
