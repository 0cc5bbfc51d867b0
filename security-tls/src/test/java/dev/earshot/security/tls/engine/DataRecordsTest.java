package dev.earshot.security.tls.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.security.tls.record.RecordAlgorithm;
import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.security.tls.record.RecordProtection;
import dev.earshot.security.tls.record.WornKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records of TLS 1.3 whose keys change on the way. */
class DataRecordsTest {
  private static final int UPDATE_RECORD = 5 + 5 + 17;

  private final RecordProtection near = protection(RecordAlgorithm.AES_128_GCM, false);
  private final RecordProtection far = protection(RecordAlgorithm.AES_128_GCM, true);
  private final DataRecords sender = new DataRecords(near, RecordFormat.MAXIMUM_CONTENT);
  private final DataRecords receiver = new DataRecords(far, RecordFormat.MAXIMUM_CONTENT);

  @Test
  void aWornKeyIsChangedBeforeMoreIsSent() throws Exception {
    WornKey.wear(near.sealer());
    ByteBuffer network = seal(sender, 40_000);

    assertUpdate(network);
    assertThat(near.sealer().usedUp()).isFalse();
    assertThat(open(receiver, network, 16_384)).isEqualTo(16_384);
    assertThat(open(receiver, network, 16_384)).isEqualTo(16_384);
    assertThat(open(receiver, network, 16_384)).isEqualTo(40_000 - 2 * 16_384);
    assertThat(seal(sender, 10).remaining()).isEqualTo(10 + 22);
  }

  @Test
  void keysCanBeChangedAnyNumberOfTimes() throws Exception {
    for (int i = 0; i < 50; i++) {
      WornKey.wear(near.sealer());
      ByteBuffer network = seal(sender, 100);
      assertUpdate(network);
      assertThat(open(receiver, network, 200)).isEqualTo(100);
    }
  }

  @Test
  void whoWasAskedChangesItsKeysOnceBeforeItSendsAgain() throws Exception {
    for (int i = 0; i < 5; i++) {
      far.sealer().update();
      sender.keysChanged(true);
    }
    ByteBuffer network = seal(sender, 10);

    assertThat(network.remaining()).isEqualTo(UPDATE_RECORD + 10 + 22);
    assertUpdate(network);
    assertThat(open(receiver, network, 100)).isEqualTo(10);
    assertThat(seal(sender, 10).remaining()).isEqualTo(10 + 22);
  }

  @Test
  void whoHasOnlyBeenToldChangesNothing() throws Exception {
    sender.keysChanged(false);

    assertThat(seal(sender, 10).remaining()).isEqualTo(10 + 22);
  }

  @Test
  void theOldKeyOpensNothingAfterTheChange() throws Exception {
    WornKey.wear(near.sealer());
    ByteBuffer network = seal(sender, 10);
    network.position(UPDATE_RECORD);

    assertThatThrownBy(() -> open(receiver, network, 100)).hasMessageContaining("not what");
  }

  @Test
  void aTargetThatTakesTheChangeAloneGetsIt() throws Exception {
    WornKey.wear(near.sealer());
    ByteBuffer source = ByteBuffer.allocate(100);
    BufferRange range = new BufferRange().of(new ByteBuffer[] {source}, 0, 1);

    assertThat(sender.seal(range, ByteBuffer.allocate(UPDATE_RECORD - 1)))
        .isEqualTo(DataRecords.NO_ROOM);
    ByteBuffer alone = ByteBuffer.allocate(UPDATE_RECORD + 100);
    assertThat(sender.seal(range, alone)).isZero();
    assertThat(alone.position()).isEqualTo(UPDATE_RECORD);
    assertThat(sender.seal(range, ByteBuffer.allocate(122))).isEqualTo(100);
  }

  @ParameterizedTest
  @EnumSource
  void paddingIsReadOver(RecordAlgorithm algorithm) throws Exception {
    RecordProtection sealing = protection(algorithm, false);
    RecordProtection opening = protection(algorithm, true);
    DataRecords records = new DataRecords(opening, RecordFormat.MAXIMUM_CONTENT);
    // What a peer that pads would have inside: content, type, zeros; our own type, 0, is padding.
    byte[] inner = Arrays.copyOf(new byte[] {'h', 'i', 23}, 300);
    byte[] record = new byte[inner.length + sealing.sealer().overhead()];
    sealing.sealer().seal(0, inner, 0, inner.length, record, 0);

    assertThat(open(records, ByteBuffer.wrap(record), 1000)).isEqualTo(2);
  }

  @Test
  void aRecordOfNothingButPaddingIsAnError() throws Exception {
    byte[] record = new byte[100 + near.sealer().overhead()];
    near.sealer().seal(0, new byte[100], 0, 100, record, 0);

    assertThat(open(receiver, ByteBuffer.wrap(record), 1000)).isZero();
    assertThat(receiver.isControl()).isTrue();
    assertThatThrownBy(
            () -> new ControlRecords(true, true).control(receiver.type(), receiver.control()))
        .hasMessageContaining("unknown type 0");
  }

  @Test
  void contentThatFitsExactlyNeedsNoMoreRoom() throws Exception {
    assertThat(open(receiver, seal(sender, 100), 100)).isEqualTo(100);
    ByteBuffer network = seal(sender, 100);
    assertThat(open(receiver, network, 99)).isEqualTo(DataRecords.NO_ROOM);
    assertThat(open(receiver, network, 100)).isEqualTo(100);
  }

  private void assertUpdate(ByteBuffer network) throws TlsFailure {
    assertThat(open(receiver, network, 100)).isZero();
    assertThat(receiver.type()).isEqualTo(RecordFormat.HANDSHAKE);
    assertThat(receiver.control()).containsExactly(24, 0, 0, 1, 0);
    receiver.keysChanged(false);
  }

  private static ByteBuffer seal(DataRecords records, int length) throws TlsFailure {
    ByteBuffer source = ByteBuffer.allocate(length);
    ByteBuffer network = ByteBuffer.allocate(length + 1000);
    int sealed = records.seal(new BufferRange().of(new ByteBuffer[] {source}, 0, 1), network);
    assertThat(sealed).isEqualTo(length);
    return network.flip();
  }

  private static int open(DataRecords records, ByteBuffer network, int room) throws TlsFailure {
    ByteBuffer target = ByteBuffer.allocate(room);
    BufferRange range = new BufferRange().of(new ByteBuffer[] {target}, 0, 1);
    return records.open(network, records.header(network), range);
  }

  private static RecordProtection protection(RecordAlgorithm algorithm, boolean server) {
    byte[] clients = new byte[32];
    byte[] servers = new byte[32];
    Arrays.fill(servers, (byte) 7);
    return RecordProtection.ofTls13(algorithm, clients, servers, server);
  }
}
