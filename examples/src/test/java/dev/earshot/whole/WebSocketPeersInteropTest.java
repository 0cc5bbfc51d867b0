package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ClosedByPeerException;
import dev.earshot.Connection;
import dev.earshot.ContentMetadata;
import dev.earshot.ContentMetadata.Opcode;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.WebSocketOptions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** WebSocket with Node's "ws" and Python's "websockets", each on either side. */
@Tag("network")
@Tag("once")
class WebSocketPeersInteropTest {
  private static final int LARGE = 16 << 20;
  private static final int MANY = 10_000;
  private static final String CLIENT = "client";
  private static final String SERVER = "server";

  /** A language, and the side on which it is. */
  record Peer(String language, String role) {
    List<String> command(String... arguments) {
      String program =
          language.equals("node")
              ? ForeignProgram.require("node with ws", List.of("node"), "-e", "require('ws')")
              : ForeignProgram.require(
                  "Python's websockets",
                  List.of("/usr/bin/python3", "python3"),
                  "-c",
                  "import websockets");
      String script = language.equals("node") ? "peer.js" : "peer.py";
      List<String> command = new ArrayList<>(List.of(program, "src/test/interop/" + script, role));
      command.addAll(List.of(arguments));
      return command;
    }
  }

  static Stream<Peer> peers() {
    return Stream.of("node", "python")
        .flatMap(name -> Stream.of(new Peer(name, CLIENT), new Peer(name, SERVER)));
  }

  /** Our side, ready, and theirs. */
  private record Meeting(Network network, Connection ours, ForeignProgram theirs)
      implements AutoCloseable {
    static Meeting of(Peer peer) {
      WebSocketOptions.Builder options = WebSocketOptions.builder().subprotocols("chat.v2", "chat");
      if (peer.role.equals(SERVER)) {
        options.path("/room?x=1").additionalHeader("X-Earshot", "from here");
      }
      Parameters.Builder parameters = Parameters.webSocket(options.build());
      return peer.role.equals(CLIENT) ? theyConnect(peer, parameters) : weConnect(peer, parameters);
    }

    private static Meeting theyConnect(Peer peer, Parameters.Builder parameters) {
      Loopback loopback = Loopback.listen(parameters);
      String url = "ws://127.0.0.1:" + loopback.port() + "/";
      ForeignProgram theirs = ForeignProgram.run(peer.command(url, "other,chat"));
      Connection ours = loopback.accepted().start();
      return new Meeting(loopback.network(), ours, theirs).ready();
    }

    private static Meeting weConnect(Peer peer, Parameters.Builder parameters) {
      ForeignProgram theirs = ForeignProgram.run(peer.command("other,chat"));
      String listening = theirs.awaitLine("listening ");
      int port = Integer.parseInt(listening.substring("listening ".length()));
      Network network = Network.open();
      parameters.requireLink(Loopback.link(network));
      Endpoint endpoint = Endpoint.hostPort("127.0.0.1", port);
      Connection ours = network.connection(endpoint, parameters.build()).start();
      return new Meeting(network, ours, theirs).ready();
    }

    private Meeting ready() {
      Eventually.get(ours.ready());
      theirs.awaitLine("open ");
      return this;
    }

    Received read() {
      return Eventually.get(ours.receiveMessage());
    }

    @Override
    public void close() {
      network.close();
      theirs.close();
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void agreesOnASubprotocolAndShowsPathAndHeaders(Peer peer) {
    try (Meeting meeting = Meeting.of(peer)) {
      assertThat(meeting.ours.upgrade().orElseThrow().subprotocol()).hasValue("chat");
      if (peer.role.equals(CLIENT)) {
        assertThat(meeting.theirs.awaitLine("open ")).isEqualTo("open chat");
        assertThat(meeting.ours.upgrade().orElseThrow().header("X-Earshot"))
            .hasValue("from " + peer.language);
      } else {
        assertThat(meeting.theirs.awaitLine("open ")).isEqualTo("open chat /room?x=1 from here");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void carriesTextBytesAndFragments(Peer peer) {
    try (Meeting meeting = Meeting.of(peer)) {
      meeting.theirs.type("text grüße ☃ 𝄞");
      assertThat(meeting.read())
          .isEqualTo(Received.message(Payload.utf8("grüße ☃ 𝄞"), ContentMetadata.TEXT));
      meeting.theirs.type("fragments one two three");
      assertThat(meeting.read())
          .isEqualTo(Received.message(Payload.utf8("onetwothree"), ContentMetadata.TEXT));
      for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536}) {
        meeting.theirs.type("binary " + size + " 7");
        assertThat(meeting.read())
            .isEqualTo(Received.message(pattern(size, 7), ContentMetadata.BINARY));
        Eventually.get(meeting.ours.send(pattern(size, 9)));
        meeting.theirs.awaitLine("binary " + size + " " + sha256(pattern(size, 9)));
      }
      Eventually.get(meeting.ours.send(Payload.utf8("zurück ☃ 𝄞"), SendOptions.TEXT));
      meeting.theirs.awaitLine("text zurück ☃ 𝄞");
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void carriesSixteenMebibytesInOneMessage(Peer peer) {
    try (Meeting meeting = Meeting.of(peer)) {
      meeting.theirs.type("binary " + LARGE + " 3");
      assertThat(meeting.read().content().equals(pattern(LARGE, 3))).isTrue();
      Eventually.get(meeting.ours.send(pattern(LARGE, 5)));
      meeting.theirs.awaitLine("binary " + LARGE + " " + sha256(pattern(LARGE, 5)));
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void carriesManySmallMessages(Peer peer) {
    try (Meeting meeting = Meeting.of(peer)) {
      meeting.theirs.type("many " + MANY);
      List<String> arrived =
          IntStream.range(0, MANY).mapToObj(i -> meeting.read().content().toUtf8String()).toList();
      assertThat(arrived).isEqualTo(IntStream.range(0, MANY).mapToObj(String::valueOf).toList());
      meeting.theirs.type("count " + MANY);
      meeting.theirs.type("ping counting");
      meeting.theirs.awaitLine("pong counting");
      for (int i = 0; i < MANY; i++) {
        Payload number = Payload.utf8(String.valueOf(i));
        if (!meeting.ours.trySend(number)) {
          Eventually.get(meeting.ours.send(number));
        }
      }
      meeting.theirs.awaitLine("counted " + (MANY - 1));
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void pingsAreAnsweredBothWays(Peer peer) {
    try (Meeting meeting = Meeting.of(peer)) {
      meeting.theirs.type("ping marco");
      meeting.theirs.awaitLine("pong marco");
      Eventually.get(meeting.ours.send(Payload.utf8("polo"), webSocket(Opcode.PING)));
      Received pong = meeting.read();
      assertThat(pong.metadata()).isEqualTo(webSocket(Opcode.PONG).metadata());
      assertThat(pong.content().toUtf8String()).isEqualTo("polo");
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void theyCloseWithACodeAndAReason(Peer peer) {
    for (int code : new int[] {1000, 1011, 4321}) {
      try (Meeting meeting = Meeting.of(peer)) {
        meeting.theirs.type("text last words");
        meeting.theirs.type("close " + code + " good night");
        assertThat(meeting.read().content().toUtf8String()).isEqualTo("last words");
        Received end = meeting.read();
        assertThat(end.endOfStream()).isTrue();
        assertThat(end.metadata()).isEqualTo(closing(code).metadata());
        assertThat(end.content().toUtf8String()).isEqualTo("good night");
        // Their library has the code from our answer, not from what it sent itself.
        assertThat(meeting.theirs.awaitLine("close ")).startsWith("close " + code);
        Eventually.holds(
            () -> "failed, not " + meeting.ours.state(),
            () ->
                meeting.ours.state() instanceof Connection.State.Failed failed
                    && failed.cause() instanceof ClosedByPeerException);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void weCloseWithACodeAndAReason(Peer peer) {
    for (int code : new int[] {1000, 1008, 4321}) {
      try (Meeting meeting = Meeting.of(peer)) {
        Eventually.get(meeting.ours.send(Payload.utf8("last words"), SendOptions.TEXT));
        Eventually.get(meeting.ours.send(Payload.utf8("good night"), closing(code)));
        meeting.theirs.awaitLine("text last words");
        assertThat(meeting.theirs.awaitLine("close ")).isEqualTo("close " + code + " good night");
        assertThat(meeting.read().endOfStream()).isTrue();
      }
    }
  }

  private static SendOptions webSocket(Opcode opcode) {
    return new SendOptions(new ContentMetadata.WebSocket(opcode, OptionalInt.empty()), false);
  }

  private static SendOptions closing(int code) {
    return new SendOptions(new ContentMetadata.WebSocket(Opcode.CLOSE, OptionalInt.of(code)), true);
  }

  /** The same bytes as the peers make. */
  private static Payload pattern(int size, int seed) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + seed);
    }
    return Payload.wrap(bytes);
  }

  private static String sha256(Payload content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(content.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
