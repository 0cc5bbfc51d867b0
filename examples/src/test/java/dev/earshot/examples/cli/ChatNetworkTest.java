package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Chats in processes of their own on loopback. */
@Tag("network")
class ChatNetworkTest {
  private static final int SECONDS = 60;
  private static final String LOOPBACK = CommandLineNetworks.loopback();

  private static EarshotProcess chat(String name, String key) throws Exception {
    EarshotProcess chat =
        EarshotProcess.start("chat", "--name", name, "--key", key, "--interface", LOOPBACK);
    chat.awaitLine("* " + name + ", port", SECONDS);
    return chat;
  }

  @Test
  void threeWithOneKeySeeEachOtherAndTalk() throws Exception {
    String key = KeyFile.make();
    try (EarshotProcess ada = chat("Ada", key);
        EarshotProcess bea = chat("Bea", key)) {
      ada.awaitLine("* Bea joined (TLSv1.2 ", SECONDS);
      bea.awaitLine("* Ada joined (TLSv1.2 ", SECONDS);
      ada.type("hello from one side");
      bea.awaitLine("Ada: hello from one side", SECONDS);
      bea.type("and from the other");
      ada.awaitLine("Bea: and from the other", SECONDS);
      try (EarshotProcess cleo = chat("Cleo", key)) {
        cleo.awaitLine("* Ada joined", SECONDS);
        cleo.awaitLine("* Bea joined", SECONDS);
        ada.awaitLine("* Cleo joined", SECONDS);
        bea.awaitLine("* Cleo joined", SECONDS);
        cleo.type("hello, both");
        ada.awaitLine("Cleo: hello, both", SECONDS);
        bea.awaitLine("Cleo: hello, both", SECONDS);
        cleo.type("/quit");
        assertThat(cleo.exitCode(SECONDS)).isZero();
        for (EarshotProcess left : List.of(ada, bea)) {
          assertThat(left.awaitLine("* Cleo left", SECONDS)).isEqualTo("* Cleo left");
        }
      }
    }
  }

  @Test
  void aWrongKeyIsToldToBothSidesInWords() throws Exception {
    try (EarshotProcess ada = chat("Ada", KeyFile.make());
        EarshotProcess mallory = chat("Mallory", KeyFile.make())) {
      for (EarshotProcess side : List.of(ada, mallory)) {
        assertThat(side.awaitLine("* no connection with ", SECONDS)).contains("key");
      }
      assertThat(ada.output()).doesNotContain("Mallory joined");
    }
  }
}
