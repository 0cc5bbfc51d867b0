package dev.earshot.session.internal;

import dev.earshot.Network;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.Security;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.WebSocketOptions;
import dev.earshot.session.Peer;
import dev.earshot.session.internal.stream.SideStreams;
import dev.earshot.session.internal.wire.Limits;
import java.time.Duration;
import java.util.Optional;

/**
 * What a session was built with. Immutable.
 *
 * @param network what makes its handles
 * @param self this peer
 * @param security how connections are protected
 * @param vetting what peers must be beside that
 * @param discovery whom it looks for; empty for nobody
 * @param discoveryInfo what it advertises beside its id
 * @param link the only link that it uses, if there is one
 * @param port the port that it listens on, 0 for one that is free
 * @param automatic whether it connects to whom it finds
 * @param peerTimeout how long a silent peer is taken to live
 * @param connectTimeout how long an attempt to connect may take
 * @param maximumMessageSize the largest message, in bytes
 * @param maximumPeers how many peers it has at most
 * @param chunkSize how many bytes of a file are moved at once
 * @param parameters everything else about connections
 */
record SessionOptions(
    Network network,
    Peer self,
    Security security,
    Vetting.Terms vetting,
    Optional<ServiceType> discovery,
    TxtRecord discoveryInfo,
    Optional<NetworkLink> link,
    int port,
    boolean automatic,
    Duration peerTimeout,
    Duration connectTimeout,
    int maximumMessageSize,
    int maximumPeers,
    int chunkSize,
    Parameters parameters) {
  /** The key of the TXT record that has the id. */
  static final String PEER_ID = "peerID";

  /** The WebSocket subprotocol. */
  static final String SUBPROTOCOL = "earshot.v1";

  /** What is read ahead of a user who takes no more, per connection. */
  private static final int READ_AHEAD = 256 << 10;

  /** The bytes of messages that may wait to be sent to a peer. */
  static final int MAXIMUM_UNSENT = 4 << 20;

  /** Room for what the session itself has to say when users have used up theirs. */
  private static final int OWN_SHARE = 1 << 20;

  /** How it connects to peers. */
  Parameters dialling() {
    return peers().localPort(0).security(security).build();
  }

  /** How it listens, for peers and side streams. */
  Parameters listening(Security both) {
    return peers().localPort(port).security(both).build();
  }

  private Parameters.Builder peers() {
    int envelope = (int) Math.min(Integer.MAX_VALUE, maximumEnvelope());
    WebSocketOptions webSocket = ((Protocol.WebSocket) parameters.protocol()).options();
    WebSocketOptions.Builder options =
        WebSocketOptions.builder()
            .path(webSocket.path())
            .subprotocols(SUBPROTOCOL)
            .byteStreamUpgrade(SideStreams.UPGRADE)
            .maximumMessageSize(envelope)
            .maximumFragments(webSocket.maximumFragments())
            .maximumHandshakeSize(webSocket.maximumHandshakeSize());
    webSocket
        .additionalHeaders()
        .forEach((name, values) -> values.forEach(v -> options.additionalHeader(name, v)));
    if (webSocket.strictHost()) {
      options.strictHost();
    }
    webSocket.requestHandler().ifPresent(options::requestHandler);
    long limit = (long) MAXIMUM_UNSENT + OWN_SHARE + maximumEnvelope();
    Parameters.Builder builder =
        parameters.toBuilder()
            .protocol(new Protocol.WebSocket(options.build()))
            .receiveBuffer(READ_AHEAD)
            .sendLimit((int) Math.min(Integer.MAX_VALUE, limit));
    link.ifPresent(builder::requireLink);
    return builder;
  }

  private long maximumEnvelope() {
    return (long) maximumMessageSize + Limits.ENVELOPE_OVERHEAD;
  }

  /** What it advertises in the TXT record. */
  TxtRecord txtRecord() {
    TxtRecord.Builder record = TxtRecord.builder().put(PEER_ID, self.id().toString());
    for (String key : discoveryInfo.keys()) {
      discoveryInfo
          .data(key)
          .ifPresentOrElse(value -> record.put(key, value), () -> record.put(key));
    }
    return record.build();
  }

  MeshSettings mesh(long incarnation) {
    return new MeshSettings(
        self,
        incarnation,
        automatic,
        maximumPeers,
        maximumMessageSize,
        connectTimeout,
        peerTimeout);
  }
}
