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
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.tls.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * An open client and an open server, each with a peer that has the keys and does with them what no
 * decent implementation would.
 */
final class InsidePair {
  private static final PskSource SOURCE = PskSource.of(EnginePair.key("kitchen"));

  final EngineSide client;
  final EngineSide server;
  private final PskSuite suite;
  private final @Nullable RecordProtection clientsOwn;
  private final RecordProtection clientsPeer;
  private final RecordProtection serversPeer;

  InsidePair() {
    this(PskSuite.TLS_PSK_WITH_AES_128_GCM_SHA256);
  }

  InsidePair(PskSuite suite) {
    this.suite = suite;
    PskHandshake handshake = handshake(Role.CLIENT);
    client = new EngineSide(new PskStream(handshake, "the server"));
    RecordCrypto peer = new RecordCrypto(new SecureRandom(), (from, with) -> {});
    StockSide stock = StockSide.server(peer, EnginePair.KEY, suite.code());
    stock.begin();
    client.begin();
    stock.arrive(client.takeOutput());
    client.arrive(stock.takeOutput());
    clientsOwn = handshake.protection();
    Side.exchange(client, stock);
    clientsPeer = peer.protection();

    server = new EngineSide(new PskStream(handshake(Role.SERVER), "the client"));
    ProtocolVersion[] version = Versions.of(List.of(suite));
    RecordCrypto other = new RecordCrypto(new SecureRandom(), (from, with) -> {});
    Side.exchange(
        StockSide.client(other, version, "kitchen", EnginePair.KEY, suite.code()), server);
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

  /** The peer of the server changes its own keys, in TLS 1.3. */
  void changeKeysTowardsServer() {
    serversPeer.sealer().update();
  }

  /** As if the client had sent almost as much as one key may protect. */
  void useUpClientsKey() {
    WornKey.wear(Objects.requireNonNull(clientsOwn).sealer());
  }

  private PskHandshake handshake(Role role) {
    return new PskHandshake(role, SOURCE, PskTerms.of(List.of(suite)), new SecureRandom());
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
        if (protection.isTls13() && protection.opener().type() == RecordFormat.HANDSHAKE) {
          protection.opener().update(); // all that can come is a change of keys
        }
      } catch (AEADBadTagException e) {
        throw new AssertionError(e);
      }
    }
    return contents.toByteArray();
  }
}
