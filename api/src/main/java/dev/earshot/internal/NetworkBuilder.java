package dev.earshot.internal;

import dev.earshot.Network;
import dev.earshot.internal.path.SystemLinks;
import dev.earshot.spi.DiscoveryProvider;
import dev.earshot.spi.LinkSource;
import dev.earshot.spi.SecurityProvider;
import dev.earshot.spi.TransportProvider;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The builder behind {@link Network.Builder}. Not safe for several threads. */
final class NetworkBuilder implements Network.Builder {
  private Optional<TransportProvider> transport = Optional.empty();
  private Optional<DiscoveryProvider> discovery = Optional.empty();
  private Optional<SecurityProvider> security = Optional.empty();
  private Optional<Executor> workers = Optional.empty();
  private LinkSource links = new SystemLinks();

  @Override
  public Network.Builder transport(TransportProvider provider) {
    Objects.requireNonNull(provider, "provider");
    transport = Optional.of(provider);
    return this;
  }

  @Override
  public Network.Builder discovery(DiscoveryProvider provider) {
    Objects.requireNonNull(provider, "provider");
    discovery = Optional.of(provider);
    return this;
  }

  @Override
  public Network.Builder security(SecurityProvider provider) {
    Objects.requireNonNull(provider, "provider");
    security = Optional.of(provider);
    return this;
  }

  @Override
  public Network.Builder links(LinkSource source) {
    links = Objects.requireNonNull(source, "source");
    return this;
  }

  @Override
  public Network.Builder workers(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    workers = Optional.of(executor);
    return this;
  }

  @Override
  public Network open() {
    TransportProvider chosen =
        transport
            .or(() -> Providers.find(TransportProvider.class))
            .orElseThrow(() -> Providers.missing("transport", Providers.TRANSPORT));
    return LiveNetwork.open(
        new NetworkParts(
            chosen,
            discovery.or(() -> Providers.find(DiscoveryProvider.class)),
            security.or(() -> Providers.find(SecurityProvider.class)),
            links,
            workers));
  }
}
