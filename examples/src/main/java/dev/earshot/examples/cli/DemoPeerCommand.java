package dev.earshot.examples.cli;

import dev.earshot.Network;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.SecurityMetadata;
import dev.earshot.ServiceType;
import dev.earshot.session.Peer;
import dev.earshot.session.ResourceTransfer;
import dev.earshot.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One of the two processes of the demo: does its part, and verifies the other's. */
@Command(name = "demo-peer", hidden = true, description = "One of the two processes of the demo.")
final class DemoPeerCommand implements Callable<Integer> {
  @Option(names = "--name", required = true)
  private String name = "";

  @Option(names = "--expect", required = true)
  private String expected = "";

  @Option(names = "--type", required = true)
  private String type = "";

  @Option(names = "--patience", required = true)
  private int patience;

  @Mixin private LinkOption link = new LinkOption();

  @ArgGroup(multiplicity = "1")
  private Role role = new Role();

  /** What it does with the file. */
  static final class Role {
    @Option(names = "--send")
    private @Nullable Path send;

    @Option(names = "--receive")
    private @Nullable Path receive;
  }

  @Override
  public Integer call() throws Exception {
    String key = System.getenv(KeyOption.ENVIRONMENT);
    if (key == null) {
      throw new IllegalStateException(KeyOption.ENVIRONMENT + " is not set");
    }
    PreSharedKey shared =
        PreSharedKey.of("earshot-demo", KeyFile.parse(key, KeyOption.ENVIRONMENT));
    Duration time = Duration.ofSeconds(patience);
    ExecutorService queue = CommandQueue.open();
    try (DemoFolder folder = DemoFolder.make();
        Network network = Network.open();
        Session session =
            Session.builder(network, Peer.named(name))
                .serviceType(ServiceType.parse(type))
                .security(Security.psk(shared))
                .link(link.findOrLoopback(network))
                .connectTimeout(time)
                .peerTimeout(time)
                .build();
        GoodbyeOnExit exit = new GoodbyeOnExit(session, network, folder)) {
      exit.watch();
      DemoSteps steps = new DemoSteps(expected, folder.path(), patience);
      DemoSteps.endWithStandardInput(steps);
      session.start(steps, queue);
      meet(session, steps);
      talk(session, steps);
      if (role.send != null) {
        send(session, steps, role.send);
      } else if (role.receive != null) {
        receive(session, steps, role.receive);
      }
      return 0;
    } finally {
      queue.shutdown();
    }
  }

  private void meet(Session session, DemoSteps steps) throws Exception {
    session.ready().get();
    say(
        "process "
            + ProcessHandle.current().pid()
            + " listens on port "
            + session.port().getAsInt());
    say("found by others as " + steps.await("being advertised", steps.advertised).name());
    say("found " + steps.await("finding " + expected, steps.found).endpoint());
    Peer other = steps.await("connecting to " + expected, steps.connected);
    Optional<SecurityMetadata> security = session.securityMetadata(other);
    if (security.isEmpty() || security.get().pskIdentity().isEmpty()) {
      throw new IllegalStateException("the connection with " + other + " is not protected");
    }
    say(
        "connected to "
            + other
            + ", "
            + security.get().protocol()
            + " "
            + security.get().cipherSuite());
    if (session.connectedPeers().size() != 1) {
      throw new IllegalStateException("not exactly one peer: " + session.connectedPeers());
    }
  }

  private void talk(Session session, DemoSteps steps) throws Exception {
    for (int i = 0; i < DemoSteps.MESSAGES; i++) {
      if (!session.sendToAll(DemoSteps.message(name, i)).get().isComplete()) {
        throw new IllegalStateException("message " + i + " was not sent");
      }
    }
    steps.await("messages from " + expected, steps.messages);
    say(DemoSteps.MESSAGES + " messages sent, " + DemoSteps.MESSAGES + " received, all in order");
  }

  private void send(Session session, DemoSteps steps, Path file) throws Exception {
    Peer other = steps.await("connecting to " + expected, steps.connected);
    String fileName = file.getFileName().toString();
    say("sends " + file + ", " + ProgressBar.megabytes(Files.size(file)) + " MB");
    ResourceTransfer transfer = session.sendResource(file, fileName, other);
    transfer.onProgress(new ProgressBar(System.out, fileName, false)::show);
    steps.await("sending " + fileName + " to " + expected, transfer.completion());
    say("sent, the digests are equal: " + FileDrop.summary(transfer.progress()));
    steps.await("hearing from " + expected + " that it is right", steps.confirmed);
    session.leave().get();
    say("said goodbye");
  }

  private void receive(Session session, DemoSteps steps, Path original) throws Exception {
    ResourceTransfer transfer = steps.await("being offered a file by " + expected, steps.transfer);
    Path received = steps.await("receiving from " + expected, transfer.completion());
    long difference = Files.mismatch(original, received);
    if (difference >= 0) {
      throw new IllegalStateException("the file differs at byte " + difference);
    }
    say("received, byte for byte the original: " + FileDrop.summary(transfer.progress()));
    if (!session.sendToAll(DemoSteps.CONFIRMATION).get().isComplete()) {
      throw new IllegalStateException("the confirmation was not sent");
    }
    steps.await("goodbye from " + expected, steps.goodbye);
    say("heard goodbye");
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
