package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.record.DatagramProtection;
import dev.earshot.security.tls.record.WornKey;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.Loop;
import dev.earshot.spi.StreamSecurity.Role;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A key that has protected all that it may. */
class WornKeyTest {
  private static final PreSharedKey KEY = PreSharedKey.random("den");

  private final List<DatagramProtection> made = new ArrayList<>();

  /** Clients whose keys this test can get at. */
  private final DatagramSecurity open =
      new DatagramSecurity() {
        @Override
        public SecuredFlow open(Role role, Place place, Events events) {
          return new DtlsFlow(
              place,
              events,
              false,
              line ->
                  new PskClientSide(
                      new Watched(line), KEY, DtlsSuite.of(false), new SecureRandom()));
        }

        @Override
        public Doorkeeper doorkeeper(Loop loop) {
          throw new UnsupportedOperationException("for clients only");
        }
      };

  @Test
  void aFlowEndsBeforeItsKeyHasProtectedTooMuchAndSaysWhatToDo() {
    DtlsPair pair =
        DtlsPair.of(open, new PskDatagrams(PskSource.of(KEY), DtlsSuite.of(false))).shakeHands();
    pair.client.say("before");
    pair.pass();
    WornKey.wear(made.get(0));

    assertThat(pair.client.say("after")).isEmpty();
    pair.pass();

    assertThat(pair.client.failure)
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("connect again");
    assertThat(pair.server.texts()).containsExactly("before");
    assertThat(pair.server.events).as("the peer hears a farewell").endsWith("closed");
    assertThat(pair.client.say("much later")).isEmpty();
  }

  /** Keeps the keys that pass. */
  private final class Watched implements HandshakeSide.Line {
    private final HandshakeSide.Line line;

    Watched(HandshakeSide.Line line) {
      this.line = line;
    }

    @Override
    public void send(Flight flight) {
      line.send(flight);
    }

    @Override
    public void keys(DatagramProtection protection) {
      made.add(protection);
      line.keys(protection);
    }

    @Override
    public void done(SecurityMetadata metadata) {
      line.done(metadata);
    }

    @Override
    public void failed(DtlsFailure failure) {
      line.failed(failure);
    }
  }
}
