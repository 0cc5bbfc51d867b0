package dev.earshot.examples.cli;

import dev.earshot.Parameters;
import dev.earshot.ServiceType;
import dev.earshot.WebSocketOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code cat} speaks above the network. */
final class CatTransport {
  private static final String SERVICE = "earshot-cat";

  /** The transports that can be named. */
  enum Kind {
    /** A stream of bytes. */
    TCP,
    /** Messages. */
    WS,
    /** Datagrams. */
    UDP,
    /** A stream of bytes over QUIC. */
    QUIC
  }

  @Option(
      names = {"-t", "--transport"},
      paramLabel = "tcp|ws|udp|quic",
      description = "What is spoken: bytes, WebSocket messages (the default), datagrams, QUIC.")
  private Kind kind = Kind.WS;

  @Option(
      names = "--path",
      paramLabel = "PATH",
      description = "ws: what is asked for when connecting; / by default. A listener takes any.")
  private @Nullable String path;

  @Option(
      names = "--subprotocol",
      paramLabel = "NAME",
      description = "ws: a subprotocol that is offered or accepted. Can be given several times.")
  private List<String> subprotocols = List.of();

  @Option(
      names = "--header",
      paramLabel = "'NAME: VALUE'",
      description = "ws: one more header when connecting. Can be given several times.")
  private List<String> headers = List.of();

  @Option(
      names = "--alpn",
      paramLabel = "NAME",
      description =
          "quic: the protocol that both sides have to agree on; earshot-cat by default. Can be"
              + " given several times, the dearest first.")
  private List<String> protocols = List.of();

  @Option(
      names = "--text",
      description = "ws: send text messages instead of binary ones; as --lines, in UTF-8.")
  private boolean text;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** Whether every piece of content is a message. */
  boolean hasMessages() {
    return kind == Kind.WS || kind == Kind.UDP;
  }

  boolean isQuic() {
    return kind == Kind.QUIC;
  }

  boolean isText() {
    return text;
  }

  /** The type under which this is advertised if no other is named. */
  ServiceType serviceType() {
    return kind == Kind.UDP || kind == Kind.QUIC
        ? ServiceType.udp(SERVICE)
        : ServiceType.tcp(SERVICE);
  }

  /**
   * Parameters for it, with everything else as by default.
   *
   * @throws ParameterException if options were given that mean nothing to it
   */
  Parameters.Builder parameters() {
    if (kind != Kind.WS
        && (text || path != null || !subprotocols.isEmpty() || !headers.isEmpty())) {
      throw wrong("--text, --path, --subprotocol and --header need --transport ws");
    }
    if (kind != Kind.QUIC && !protocols.isEmpty()) {
      throw wrong("--alpn needs --transport quic");
    }
    switch (kind) {
      case TCP:
        return Parameters.tcp();
      case UDP:
        return Parameters.udp();
      case QUIC:
        return quic();
      case WS:
        return Parameters.webSocket(webSocket());
      default:
        throw new AssertionError(kind);
    }
  }

  private Parameters.Builder quic() {
    try {
      return Parameters.quic(
          protocols.isEmpty() ? new String[] {SERVICE} : protocols.toArray(new String[0]));
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private WebSocketOptions webSocket() {
    WebSocketOptions.Builder options =
        WebSocketOptions.builder().subprotocols(subprotocols.toArray(new String[0]));
    try {
      if (path != null) {
        options.path(path);
      }
      for (String header : headers) {
        int colon = header.indexOf(':');
        if (colon < 0) {
          throw wrong("--header '" + header + "': expected 'NAME: VALUE'");
        }
        options.additionalHeader(header.substring(0, colon), header.substring(colon + 1).strip());
      }
      return options.build();
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private ParameterException wrong(String what) {
    CommandLine commandLine = spec.commandLine();
    return new ParameterException(commandLine, what);
  }
}
