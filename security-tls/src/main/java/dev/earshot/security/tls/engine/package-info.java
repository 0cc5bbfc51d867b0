/**
 * An {@link javax.net.ssl.SSLEngine} over a handshake of Bouncy Castle's and records of our own.
 */
@NullMarked
package dev.earshot.security.tls.engine;

import org.jspecify.annotations.NullMarked;
