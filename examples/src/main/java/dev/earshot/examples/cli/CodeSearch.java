package dev.earshot.examples.cli;

import dev.earshot.Browser;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.security.tls.Pairing;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Looks for who shows a code. The code is tried with one that is meant only: so if several show
 * one, the user says which.
 */
final class CodeSearch implements Browser.Handler {
  private static final int SECONDS = 15;
  private static final int MORE_MILLISECONDS = 1_500;

  private final @Nullable String wanted;
  private final CompletableFuture<Void> some = new CompletableFuture<>();

  CodeSearch(@Nullable String wanted) {
    this.wanted = wanted;
  }

  Endpoint find(Network network, Optional<NetworkLink> link) throws Exception {
    Parameters.Builder parameters = Parameters.webSocket();
    link.ifPresent(parameters::requireLink);
    try (Browser browser = network.browser(Pairing.SERVICE_TYPE, parameters.build())) {
      browser.start(this, Runnable::run);
      some.get(SECONDS, TimeUnit.SECONDS);
      if (wanted == null) { // a moment for others who show one too
        CompletableFuture<Void> moment = new CompletableFuture<>();
        moment.completeOnTimeout(null, MORE_MILLISECONDS, TimeUnit.MILLISECONDS).get();
      }
      return choose(browser.results());
    } catch (TimeoutException e) {
      String who = wanted == null ? "nobody" : "nobody called '" + wanted + "'";
      throw new IllegalStateException(
          who + " shows a code on this network, or it cannot be found; try --connect HOST:PORT", e);
    }
  }

  private Endpoint choose(Set<Browser.Result> results) {
    List<Endpoint.Bonjour> meant =
        results.stream().map(Browser.Result::endpoint).filter(this::isMeant).toList();
    if (meant.size() != 1) {
      List<String> names = meant.stream().map(Endpoint.Bonjour::toString).toList();
      throw new IllegalStateException(
          meant.isEmpty()
              ? "who showed a code is gone"
              : "several show a code; say which with --to NAME: " + names);
    }
    return meant.get(0);
  }

  private boolean isMeant(Endpoint.Bonjour endpoint) {
    return wanted == null || wanted.equals(endpoint.name());
  }

  @Override
  public void resultsChanged(
      Browser browser, Set<Browser.Result> results, List<Browser.Change> changes) {
    if (results.stream().map(Browser.Result::endpoint).anyMatch(this::isMeant)) {
      some.complete(null);
    }
  }

  @Override
  public void stateUpdated(Browser browser, Browser.State state) {
    if (state instanceof Browser.State.Failed failed) {
      some.completeExceptionally(failed.cause());
    }
  }
}
