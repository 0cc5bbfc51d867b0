package dev.earshot.security.tls.psk;

import dev.earshot.PskSource;
import dev.earshot.security.tls.record.RecordCrypto;
import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.security.tls.record.RecordProtection;
import dev.earshot.security.tls.record.WornKey;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.tls.ProtocolVersion;

/**
 * An open client and an open server, each with a peer that has the keys and does with them what no
 * decent implementation would.
 */
final class InsidePair {
  private static final int SUITE = 0x00A8;
  private static final PskSource SOURCE = PskSource.of(EnginePair.key("kitchen"));

  final EngineSide client;
  final EngineSide server;
  private final RecordProtection clientsOwn;
  private final RecordProtection clientsPeer;
  private final RecordProtection serversPeer;

  InsidePair() {
    PskHandshake handshake = handshake(Role.CLIENT);
    client = new EngineSide(new PskStream(handshake, "the server"));
    RecordCrypto peer = new RecordCrypto(new SecureRandom(), (from, with) -> {});
    StockSide stock = StockSide.server(peer, EnginePair.KEY, SUITE);
    stock.begin();
    client.begin();
    stock.arrive(client.takeOutput());
    client.arrive(stock.takeOutput());
    clientsOwn = handshake.protection();
    Side.exchange(client, stock);
    clientsPeer = peer.protection();

    server = new EngineSide(new PskStream(handshake(Role.SERVER), "the client"));
    RecordCrypto other = new RecordCrypto(new SecureRandom(), (from, with) -> {});
    Side.exchange(
        StockSide.client(other, ProtocolVersion.TLSv12.only(), "kitchen", EnginePair.KEY, SUITE),
        server);
    serversPeer = other.protection();
  }

  void toClient(int type, byte[] content) {
    client.arrive(seal(clientsPeer, type, content));
  }

  void toServer(int type, byte[] content) {
    server.arrive(seal(serversPeer, type, content));
  }

  /** The contents of all records that the client wants to send. */
  byte[] fromClient() {
    return open(clientsPeer, client.takeOutput());
  }

  /** The contents of all records that the server wants to send. */
  byte[] fromServer() {
    return open(serversPeer, server.takeOutput());
  }

  /** As if the client had sent almost as much as one key may protect. */
  void useUpClientsKey() {
    WornKey.wear(clientsOwn.sealer());
  }

  private static PskHandshake handshake(Role role) {
    return new PskHandshake(
        role, SOURCE, List.of(PskSuite.TLS_PSK_WITH_AES_128_GCM_SHA256), new SecureRandom());
  }

  private static byte[] seal(RecordProtection protection, int type, byte[] content) {
    byte[] record = new byte[content.length + protection.sealer().overhead()];
    protection.sealer().seal(type, content, 0, content.length, record, 0);
    return record;
  }

  private static byte[] open(RecordProtection protection, byte[] records) {
    ByteArrayOutputStream contents = new ByteArrayOutputStream();
    ByteBuffer source = ByteBuffer.wrap(records);
    while (source.hasRemaining()) {
      int type = source.get();
      source.getShort();
      byte[] body = new byte[source.getShort()];
      source.get(body);
      byte[] content = new byte[RecordFormat.MAXIMUM_CONTENT];
      try {
        int length = protection.opener().open(type, body, 0, body.length, content, 0);
        contents.writeBytes(Arrays.copyOf(content, length));
      } catch (AEADBadTagException e) {
        throw new AssertionError(e);
      }
    }
    return contents.toByteArray();
  }
}
