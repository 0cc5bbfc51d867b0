/**
 * The transport over Netty: sockets, TLS under them, WebSocket above them.
 *
 * <p>From below: {@link dev.earshot.transport.netty.SocketStage} is the only thing that knows a
 * channel and its buffers; {@link dev.earshot.transport.netty.TlsStage} may stand on it; {@link
 * dev.earshot.transport.netty.SocketPipe} stands on top and turns bytes into content by a {@link
 * dev.earshot.transport.netty.PipeCodec}. Between the stages bytes travel as plain arrays that the
 * loop lends, so that codecs can be tested without a network and no Netty buffer can leak from
 * them.
 */
@NullMarked
package dev.earshot.transport.netty;

import org.jspecify.annotations.NullMarked;
