/** TLS with certificates: handshakes, trust, and the certificates themselves. */
@NullMarked
package dev.earshot.security.tls.pki;

import org.jspecify.annotations.NullMarked;
