/**
 * DTLS 1.2 (RFC 6347) as machines that are fed datagrams and time: the handshake, its
 * retransmission, cookies, and the protection of records. No sockets, no threads.
 */
@NullMarked
package dev.earshot.security.tls.dtls;

import org.jspecify.annotations.NullMarked;
