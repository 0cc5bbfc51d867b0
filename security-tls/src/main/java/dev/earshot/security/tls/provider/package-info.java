/** The service by which the library finds this module. */
@NullMarked
package dev.earshot.security.tls.provider;

import org.jspecify.annotations.NullMarked;
