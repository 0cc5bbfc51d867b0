package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.EstablishmentReport;
import dev.earshot.EstablishmentReport.AddressAttempt;
import dev.earshot.EstablishmentReport.Outcome;
import dev.earshot.NetworkException;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What became of the addresses that were dialled. */
@LoopConfined
final class AddressLog {
  private final Loop loop;
  private final Function<InetSocketAddress, Endpoint> naming;
  private final Map<InetSocketAddress, Long> begun = new HashMap<>();
  private final List<AddressAttempt> settled = new ArrayList<>();

  AddressLog(Loop loop, Function<InetSocketAddress, Endpoint> naming) {
    this.loop = loop;
    this.naming = naming;
  }

  void dialled(InetSocketAddress address) {
    begun.put(address, loop.nanoTime());
  }

  /** What became of {@code address}; of one dial, what is said first counts. */
  void settled(InetSocketAddress address, Outcome outcome, @Nullable NetworkException cause) {
    Long since = begun.remove(address);
    if (since != null && settled.size() < EstablishmentReport.MOST_ADDRESSES) {
      Duration duration = Duration.ofNanos(loop.nanoTime() - since);
      settled.add(
          new AddressAttempt(naming.apply(address), outcome, duration, Optional.ofNullable(cause)));
    }
  }

  List<AddressAttempt> attempts() {
    return List.copyOf(settled);
  }
}
