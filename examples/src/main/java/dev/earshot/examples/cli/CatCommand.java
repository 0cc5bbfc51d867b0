package dev.earshot.examples.cli;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Joins standard input and output with one peer, whatever program that is. */
@Command(
    name = "cat",
    description = {
      "Sends standard input to a peer and writes what it sends to standard output.",
      "Connects to HOST PORT, or to a service by its name, or listens. The other side can be any"
          + " program that speaks TCP, WebSocket, UDP or QUIC, TLS or DTLS; docs/guide/cat.md has"
          + " examples."
    })
final class CatCommand implements Callable<Integer> {
  private final InputStream in;
  private final OutputStream out;

  @picocli.CommandLine.Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "HOST",
      description = "Whom to connect to.")
  private @Nullable String host;

  @picocli.CommandLine.Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PORT",
      description = "At which port.")
  private @Nullable Integer port;

  @Option(
      names = {"-l", "--listen"},
      paramLabel = "PORT",
      description = "Wait for somebody to connect instead; 0 for a port that is free.")
  private @Nullable Integer listen;

  @Option(
      names = "--bonjour",
      paramLabel = "NAME",
      description = "Connect to the service of this name.")
  private @Nullable String bonjour;

  @Option(
      names = "--advertise",
      paramLabel = "NAME",
      description = "With --listen: be found under this name.")
  private @Nullable String advertise;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "The service type for --bonjour and --advertise; _earshot-cat._tcp by default, or ._udp.")
  private @Nullable String type;

  @Mixin private LinkOption link = new LinkOption();
  @Mixin private CatTransport transport = new CatTransport();
  @Mixin private CatSecurity security;

  @Option(
      names = {"-e", "--echo"},
      description = "Send everything back that arrives; standard input and output are not used.")
  private boolean echo;

  @Option(
      names = {"-k", "--keep"},
      description =
          "With --listen: serve one after another until Ctrl-C; with --echo, all at once.")
  private boolean keep;

  @Option(
      names = {"-d", "--no-input"},
      description = "Do not read standard input.")
  private boolean noInput;

  @Option(
      names = "--lines",
      description =
          "Messages are lines: each line that is read is sent as one, and each that arrives is"
              + " written as one. Without it bytes are neither added nor taken away.")
  private boolean lines;

  @Option(
      names = {"-q", "--quit-after"},
      paramLabel = "SECONDS",
      description =
          "When standard input has ended, end after so many seconds in which nothing arrives. By"
              + " default at once with ws, after 1 with udp, and with tcp and quic when the peer"
              + " ends too.")
  private @Nullable Double quietSeconds;

  @Option(
      names = {"-w", "--wait"},
      paramLabel = "SECONDS",
      description = "Try to connect for so long, instead of once.")
  private @Nullable Integer waitSeconds;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say on standard error what happens.")
  private boolean verbose;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** With the standard streams of the process. */
  CatCommand() {
    // Not System.out, which keeps to itself that nobody reads what it is given.
    this(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
  }

  private CatCommand(InputStream in, OutputStream out) {
    this(in, out, PasswordPrompt::load);
  }

  /** With streams that are not those of the process, and identities that are loaded in this way. */
  CatCommand(InputStream in, OutputStream out, CatSecurity.IdentityFiles identities) {
    this.in = in;
    this.out = out;
    this.security = new CatSecurity(identities);
  }

  @Override
  public Integer call() throws Exception {
    check();
    Executor queue = CommandQueue.open(); // which handles may still use when they have ended
    try (Network network = Network.open();
        GoodbyeOnExit goodbye = new GoodbyeOnExit(network)) {
      Parameters parameters = parameters(network);
      goodbye.watch();
      try {
        run(network, parameters, queue);
      } catch (ExecutionException e) {
        if (!goodbye.hasBegun()) { // or else it is what follows from a signal
          throw e;
        }
      }
      return 0;
    }
  }

  private void run(Network network, Parameters parameters, Executor queue)
      throws IOException, InterruptedException, ExecutionException {
    CatInput input = new CatInput(in, cut());
    if (noInput) {
      input.end();
    } else if (!echo) {
      input.start();
    }
    if (listen != null) {
      serve(network.listener(parameters), input, queue);
    } else {
      Connection connection = network.connection(endpoint(), parameters);
      talk(connection, start(connection, waitSeconds != null, queue), input);
    }
  }

  private void check() {
    boolean address = host != null;
    if ((listen != null ? 1 : 0) + (bonjour != null ? 1 : 0) + (address ? 1 : 0) != 1) {
      throw wrong("expected one of: HOST PORT, --bonjour NAME, --listen PORT");
    }
    if (address && port == null) {
      throw wrong("expected a PORT after HOST '" + host + "'");
    }
    if (listen == null && (advertise != null || keep)) {
      throw wrong("--advertise and --keep need --listen");
    }
    if (listen != null && waitSeconds != null) {
      throw wrong("--wait is for connecting; a listener waits anyway");
    }
    if (type != null && bonjour == null && advertise == null) {
      throw wrong("--type is for --bonjour and --advertise");
    }
    if (lines && !transport.hasMessages()) {
      throw wrong("--lines needs a transport with messages: ws or udp");
    }
    if (quietSeconds != null && !(quietSeconds >= 0 && quietSeconds <= 1e9)) {
      throw wrong("--quit-after " + quietSeconds + " is no time");
    }
  }

  private Parameters parameters(Network network) throws IOException, NetworkException {
    Parameters.Builder parameters =
        transport.parameters().security(security.security(listen != null));
    link.find(network).ifPresent(parameters::requireLink);
    try {
      if (listen != null) {
        parameters.localPort(listen);
      }
      if (waitSeconds != null) {
        parameters.establishmentTimeout(Duration.ofSeconds(waitSeconds));
      }
      return parameters.build();
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private CatInput.Cut cut() {
    if (transport.isText()) {
      return CatInput.Cut.TEXT_LINES;
    }
    return lines ? CatInput.Cut.LINES : CatInput.Cut.CHUNKS;
  }

  private Endpoint endpoint() {
    try {
      if (bonjour != null) {
        return Endpoint.bonjour(bonjour, serviceType());
      }
      String bare = String.valueOf(host).replaceAll("^\\[(.*)]$", "$1");
      return Endpoint.hostPort(bare, port == null ? 0 : port);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private ServiceType serviceType() {
    try {
      return type != null ? ServiceType.parse(type) : transport.serviceType();
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private CatStates start(Connection connection, boolean patient, Executor queue) {
    CatStates states = new CatStates(err(), verbose, patient);
    connection.start(states, queue);
    return states;
  }

  /** Serves one peer that gets through its handshakes, or one after another. */
  private void serve(Listener listener, CatInput input, Executor queue)
      throws IOException, InterruptedException, ExecutionException {
    boolean allAtOnce = echo && keep;
    CatDoor.Telling telling = new CatDoor.Telling(verbose, listen != null && listen == 0);
    CatDoor door = new CatDoor(err(), telling, allAtOnce, queue);
    if (advertise != null) {
      listener.advertise(Service.of(advertise, serviceType()));
    }
    if (!allAtOnce) {
      listener.newConnectionLimit(1);
    }
    listener.start(door, queue);
    while (true) {
      Connection connection = door.next();
      CatStates states = start(connection, false, queue);
      if (allAtOnce) {
        Echo.on(connection).exceptionally(failure -> tell(failure));
      } else if (serve(connection, states, input) && !keep) {
        return;
      } else {
        listener.newConnectionLimit(1);
      }
    }
  }

  /** Whether the peer got through its handshakes. */
  private boolean serve(Connection connection, CatStates states, CatInput input)
      throws IOException, InterruptedException, ExecutionException {
    try {
      states.ready().get();
    } catch (ExecutionException e) {
      tell(e);
      return false;
    }
    try {
      talk(connection, states, input);
    } catch (ExecutionException | IllegalStateException e) {
      if (!keep || input.ended().isCompletedExceptionally()) {
        throw e;
      }
      tell(e);
    }
    return true;
  }

  private void talk(Connection connection, CatStates states, CatInput input)
      throws IOException, InterruptedException, ExecutionException {
    states.ready().get();
    if (echo) {
      Echo.on(connection).get();
      return;
    }
    Optional<Duration> quiet =
        Optional.ofNullable(quietSeconds).map(value -> Duration.ofNanos((long) (value * 1e9)));
    Conversation conversation =
        new Conversation(
            connection,
            states,
            input,
            new CatOutput(out, transport.hasMessages() && (lines || transport.isText())),
            new Conversation.Ending(quiet, keep, noInput && !opensByTheEnd()));
    input.attach(connection);
    try {
      conversation.run();
      states.tellLosses(connection);
    } finally {
      input.leave();
      connection.cancel();
    }
  }

  /** Whether a peer learns of this side by what it sends only, be that no more than the end. */
  private boolean opensByTheEnd() {
    return listen == null && transport.isQuic();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  private @Nullable Void tell(Throwable failure) {
    err().println("earshot: " + Earshot.explain(failure));
    err().flush();
    return null;
  }

  private ParameterException wrong(@Nullable String what) {
    return new ParameterException(spec.commandLine(), String.valueOf(what));
  }
}
