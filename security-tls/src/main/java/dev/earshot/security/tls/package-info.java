/**
 * How a side comes to what it proves itself with: identities that are made, stored and loaded, and
 * keys that two people come to share, by a code that one types ({@link
 * dev.earshot.security.tls.Pairing}).
 */
@NullMarked
package dev.earshot.security.tls;

import org.jspecify.annotations.NullMarked;
