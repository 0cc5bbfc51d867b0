/** Pairing without I/O or threads: EC-JPAKE, its messages, the keys that come of it, QR codes. */
@NullMarked
package dev.earshot.security.tls.pairing;

import org.jspecify.annotations.NullMarked;
