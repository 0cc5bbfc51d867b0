package dev.earshot.examples.cli;

import dev.earshot.Endpoint;
import dev.earshot.Identity;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.ServiceType;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.Session;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command that takes part in a session can be told. */
final class SessionOptions {
  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      description = "What others see; this user's name by default.")
  private @Nullable String name;

  @Mixin private LinkOption link = new LinkOption();
  @Mixin private KeyOption key = new KeyOption();

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description = "The TCP port to listen on; one that is free by default.")
  private int port;

  @Option(
      names = {"-c", "--connect"},
      paramLabel = "HOST:PORT",
      description = "Also connect to this address, for networks where nobody can be found.")
  private @Nullable String connect;

  /** A session of type {@code type} as the options say. */
  Session.Builder session(Network network, ServiceType type) throws NetworkException, IOException {
    Optional<Identity> identity = key.identity();
    PeerId id =
        identity
            .map(own -> PeerId.ofKey(own.certificate().getPublicKey()))
            .orElseGet(PeerId::random);
    Session.Builder builder =
        Session.builder(network, new Peer(id, displayName()))
            .serviceType(type)
            .security(key.security())
            .port(port);
    identity.ifPresent(own -> builder.bindPeerIds());
    link.find(network).ifPresent(builder::link);
    return builder;
  }

  /** Takes note that {@code peer} is connected. */
  void connected(Session session, Peer peer) {
    session.securityMetadata(peer).ifPresent(key::connected);
  }

  /** The address to connect to, if one was given. */
  Optional<Endpoint> address() {
    return Optional.ofNullable(connect).map(SessionOptions::parse);
  }

  private String displayName() {
    return name != null ? name : System.getProperty("user.name", "somebody");
  }

  /** Reads {@code host:port}, with an IPv6 address in brackets. */
  static Endpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, Math.max(colon, 0));
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      return Endpoint.hostPort(host, Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is no address: expected HOST:PORT", e);
    }
  }
}
