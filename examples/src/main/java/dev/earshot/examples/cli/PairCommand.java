package dev.earshot.examples.cli;

import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.PreSharedKey;
import dev.earshot.security.tls.PairedPeer;
import dev.earshot.security.tls.PairedPeers;
import dev.earshot.security.tls.Pairing;
import dev.earshot.security.tls.PairingLink;
import dev.earshot.security.tls.PairingOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Comes to share a key with another computer, and keeps the list of those it shares one with. */
@Command(
    name = "pair",
    description = {
      "Comes to share a random key with another computer:",
      "one shows six digits, the other types them.",
      "chat, send and receive then use it with --paired or --paired-with."
    })
final class PairCommand implements Callable<Integer> {
  private static final int PIXELS = 8;

  @ArgGroup(multiplicity = "1")
  private Choice choice = new Choice();

  /** One of these. */
  static final class Choice {
    @Option(names = "--show", description = "Show a code, and wait for it to be typed elsewhere.")
    private boolean show;

    @Option(
        names = "--enter",
        paramLabel = "CODE",
        description = "Type the code that another computer shows.")
    private @Nullable String enter;

    @Option(names = "--list", description = "List who is paired with this computer.")
    private boolean list;

    @Option(
        names = "--rename",
        paramLabel = "NAME",
        description = "Give somebody on the list another name, with --as.")
    private @Nullable String rename;

    @Option(
        names = "--forget",
        paramLabel = "NAME",
        description = "Forget somebody on the list: they cannot connect any more.")
    private @Nullable String forget;

    @Option(
        names = "--qr",
        paramLabel = "FILE",
        description =
            "Make a new key, show it as a QR code here, and write it to a PNG file, or nowhere for"
                + " '-'. Whoever sees it has the key: delete the file when it has been scanned.")
    private @Nullable Path qr;

    @Option(
        names = "--scanned",
        paramLabel = "TEXT",
        description = "Take the text that was in a QR code; from standard input for '-'.")
    private @Nullable String scanned;
  }

  @Option(
      names = "--as",
      paramLabel = "NAME",
      description = "The name of the other computer on the list; by default the one it has itself.")
  private @Nullable String as;

  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      description = "What the other computer is told; this user's name by default.")
  private String name = System.getProperty("user.name", "somebody");

  @Option(
      names = {"-t", "--to"},
      paramLabel = "NAME",
      description = "Who shows the code, if several do.")
  private @Nullable String to;

  @Option(
      names = {"-c", "--connect"},
      paramLabel = "HOST:PORT",
      description = "Where the code is shown, for networks where nobody can be found.")
  private @Nullable String connect;

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description = "The TCP port to wait on; one that is free by default.")
  private int port;

  @Mixin private LinkOption link = new LinkOption();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PairedPeers peers = PairedFile.open(); // first: a list that is damaged must not cost a pairing
    if (choice.show || choice.enter != null) {
      pair(peers);
    } else if (choice.rename != null) {
      rename(peers, choice.rename);
    } else if (choice.forget != null) {
      peers.forget(PairedFile.named(peers, choice.forget).identity());
      say("forgotten: " + choice.forget);
    } else if (choice.qr != null) {
      showLink(peers, choice.qr);
    } else if (choice.scanned != null) {
      added(peers, PairingLink.parse(text(choice.scanned)).peer());
    } else {
      list(peers);
    }
    return 0;
  }

  private void pair(PairedPeers peers) throws Exception {
    ExecutorService queue = CommandQueue.open();
    try (Network network = Network.open();
        GoodbyeOnExit goodbye = new GoodbyeOnExit(network)) {
      goodbye.watch();
      PairingOptions options = PairingOptions.named(name).port(port);
      Optional<dev.earshot.NetworkLink> only = link.find(network);
      if (only.isPresent()) {
        options = options.link(only.get());
      }
      try (Pairing pairing =
          choice.enter == null
              ? Pairing.show(network, options)
              : Pairing.enter(network, shownAt(network), choice.enter, options)) {
        pairing.start(new PairingTalk(out()), queue);
        added(peers, pairing.paired().get());
      }
    } finally {
      queue.shutdown();
    }
  }

  private Endpoint shownAt(Network network) throws Exception {
    return connect != null
        ? SessionOptions.parse(connect)
        : new CodeSearch(to).find(network, link.find(network));
  }

  private void rename(PairedPeers peers, String old) throws IOException {
    if (as == null) {
      throw new IllegalArgumentException("--rename needs the new name: --as NAME");
    }
    peers.rename(PairedFile.named(peers, old).identity(), as);
    say(old + " is called " + as + " now");
  }

  private void showLink(PairedPeers peers, Path file) throws IOException {
    if (as == null) {
      throw new IllegalArgumentException("--qr needs a name for who will scan it: --as NAME");
    }
    PairingLink made = PairingLink.create(name, List.of());
    if (!file.toString().equals("-")) {
      writePrivately(file, made.qrPng(PIXELS));
    }
    made.qrText().lines().forEach(line -> say("\u001B[97;40m" + line + "\u001B[0m"));
    say("Whoever scans this has the key. Show it to one camera, then clear the screen.");
    added(peers, made.peer(as));
  }

  private static void writePrivately(Path file, byte[] content) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file,
          PosixFilePermissions.asFileAttribute(
              Set.copyOf(PosixFilePermissions.fromString("rw-------"))));
    } else {
      Files.createFile(file);
    }
    Files.write(file, content, StandardOpenOption.WRITE);
  }

  private static String text(String given) throws IOException {
    return given.equals("-") ? new String(System.in.readNBytes(4_096)) : given;
  }

  private void added(PairedPeers peers, PairedPeer peer) throws IOException {
    PairedPeer added = peers.add(peer);
    if (as != null && !added.name().equals(as)) {
      peers.rename(added.identity(), as);
      added = PairedFile.named(peers, as);
    }
    say("paired with " + added.name());
    if (!added.name().equals(peer.name()) && as == null) {
      say("(there is another " + peer.name() + " already; --forget it if it is the same)");
    }
    say("now: earshot chat --paired-with '" + added.name() + "'");
  }

  private void list(PairedPeers peers) throws IOException {
    for (PairedPeer peer : peers.list()) {
      say(
          peer.name()
              + "  paired "
              + peer.pairedAt()
              + peer.lastSeen().map(time -> "  seen " + time).orElse("  never seen")
              + "  "
              + PreSharedKey.printable(peer.identity()));
    }
    if (peers.list().isEmpty()) {
      say("nobody is paired with this computer");
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private void say(String line) {
    out().println(line);
    out().flush();
  }
}
