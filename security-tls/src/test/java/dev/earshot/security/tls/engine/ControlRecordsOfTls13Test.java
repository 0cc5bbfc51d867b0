package dev.earshot.security.tls.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.ConnectionLostException;
import dev.earshot.FramingException;
import dev.earshot.security.tls.engine.ControlRecords.Verdict;
import dev.earshot.security.tls.record.RecordFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may come between data in TLS 1.3, from a peer that has the keys. */
class ControlRecordsOfTls13Test {
  private static final byte[] UPDATE = {24, 0, 0, 1, 0};
  private static final byte[] UPDATE_BOTH = {24, 0, 0, 1, 1};
  private static final byte[] TICKET = {4, 0, 0, 3, 7, 8, 9};

  private final ControlRecords client = new ControlRecords(true, true);
  private final ControlRecords server = new ControlRecords(false, true);

  @Test
  void keysMayBeChangedAndTheAnswerAskedFor() throws Exception {
    assertThat(handshake(server, UPDATE)).isEqualTo(Verdict.KEYS_CHANGED);
    assertThat(handshake(client, UPDATE_BOTH)).isEqualTo(Verdict.KEYS_CHANGED_ANSWER);
  }

  @Test
  void aMessageMayBeCutAnywhere() throws Exception {
    for (int cut = 1; cut < UPDATE.length; cut++) {
      byte[] rest = java.util.Arrays.copyOfRange(UPDATE, cut, UPDATE.length);
      assertThat(handshake(server, java.util.Arrays.copyOf(UPDATE, cut))).isEqualTo(Verdict.GO_ON);
      assertThat(handshake(server, rest)).isEqualTo(Verdict.KEYS_CHANGED);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {RecordFormat.APPLICATION_DATA, RecordFormat.ALERT})
  void nothingComesBetweenThePartsOfAMessage(int type) throws Exception {
    handshake(server, new byte[] {24, 0});

    assertThatThrownBy(
            () -> {
              if (type == RecordFormat.ALERT) {
                server.control(type, new byte[] {1, 0});
              } else {
                server.data(5);
              }
            })
        .hasMessageContaining("within a handshake message");
  }

  @Test
  void nothingFollowsAChangeOfKeysInItsRecord() {
    assertFailed(server, new byte[] {24, 0, 0, 1, 0, 24}, "within a record");
  }

  @ParameterizedTest
  @CsvSource({"2, of kind 2", "255, of kind 255"})
  void aChangeOfKeysIsOfTwoKinds(int kind, String words) {
    assertFailed(server, new byte[] {24, 0, 0, 1, (byte) kind}, words);
  }

  @Test
  void aChangeOfKeysHasOneByte() {
    assertFailed(server, new byte[] {24, 0, 0, 0}, "0 bytes");
    assertFailed(client, new byte[] {24, 0, 0, 2, 0, 0}, "2 bytes");
  }

  @Test
  void aServersTicketsAreReadOverAndAClientHasNone() throws Exception {
    assertThat(handshake(client, TICKET)).isEqualTo(Verdict.GO_ON);
    byte[] both = new byte[TICKET.length + UPDATE.length];
    System.arraycopy(TICKET, 0, both, 0, TICKET.length);
    System.arraycopy(UPDATE, 0, both, TICKET.length, UPDATE.length);
    assertThat(handshake(client, both)).isEqualTo(Verdict.KEYS_CHANGED);
    assertFailed(server, TICKET, "handshake message 4");
  }

  @Test
  void aTicketIsNotEndless() {
    assertFailed(client, new byte[] {4, 1, 0, 0}, "65536 bytes");
  }

  /** Renegotiation, certificates asked for later, and everything that has its place before. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 8, 11, 13, 15, 16, 20, 23, 25, 254, 255})
  void otherMessagesAreErrors(int type) {
    byte[] message = {(byte) type, 0, 0, 0};
    assertFailed(new ControlRecords(true, true), message, "after the handshake");
    assertFailed(new ControlRecords(false, true), message, "after the handshake");
  }

  @Test
  void changingKeysAgainAndAgainIsAnErrorUnlessDataComesBetween() throws Exception {
    for (int i = 0; i < 1000; i++) {
      handshake(server, UPDATE_BOTH);
      server.data(1);
    }
    for (int i = 0; i < 32; i++) {
      handshake(server, UPDATE_BOTH);
    }
    assertFailed(server, UPDATE_BOTH, "32 records in a row");
  }

  @Test
  void theLevelOfAnAlertMeansNothing() throws Exception {
    assertThat(client.control(RecordFormat.ALERT, new byte[] {2, 0}))
        .isEqualTo(Verdict.PEER_CLOSED);
    assertThat(client.control(RecordFormat.ALERT, new byte[] {1, 90})).isEqualTo(Verdict.GO_ON);
    for (byte level : new byte[] {1, 2, 7}) {
      assertThatThrownBy(() -> client.control(RecordFormat.ALERT, new byte[] {level, 100}))
          .hasMessageContaining("no_renegotiation(100)")
          .satisfies(
              e ->
                  assertThat(((TlsFailure) e).explain("a peer"))
                      .isInstanceOf(ConnectionLostException.class));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20, 24, 99})
  void recordsOfOtherTypesWithinAreErrors(int type) {
    assertThatThrownBy(() -> client.control(type, new byte[] {1})).isInstanceOf(TlsFailure.class);
  }

  private static Verdict handshake(ControlRecords records, byte[] content) throws TlsFailure {
    return records.control(RecordFormat.HANDSHAKE, content);
  }

  private static void assertFailed(ControlRecords records, byte[] content, String words) {
    assertThatThrownBy(() -> handshake(records, content))
        .hasMessageContaining(words)
        .satisfies(
            e ->
                assertThat(((TlsFailure) e).explain("a peer"))
                    .isInstanceOf(FramingException.class));
  }
}
