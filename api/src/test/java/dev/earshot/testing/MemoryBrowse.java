package dev.earshot.testing;

import dev.earshot.Browser;
import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource.LinkState;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One computer that looks for services of one type. On the air's loop. */
final class MemoryBrowse implements Discovery.Operation {
  private final MemoryAir air;
  private final MemoryDiscovery computer;
  private final ServiceType type;
  private final boolean txtRecords;
  private final LinkFilter filter;
  private final Discovery.BrowseEvents events;
  private @Nullable Set<Browser.Result> told;
  private boolean over;

  MemoryBrowse(
      MemoryDiscovery computer,
      ServiceType type,
      boolean txtRecords,
      LinkFilter filter,
      Discovery.BrowseEvents events) {
    this.air = computer.air();
    this.computer = computer;
    this.type = type;
    this.txtRecords = txtRecords;
    this.filter = filter;
    this.events = events;
  }

  void look() {
    if (over || computer.isGone()) {
      return;
    }
    List<LinkState> links = computer.usable(filter);
    if (links.isEmpty()) {
      events.waiting(new UnreachableException("browsing for " + type + ": no link to browse on"));
      told = null;
      return;
    }
    Set<Browser.Result> heard = new LinkedHashSet<>();
    air.advertisements().stream()
        .filter(each -> each.service().type().equals(type))
        .forEach(each -> hear(each, links, heard));
    if (!heard.equals(told)) {
      told = heard;
      events.results(heard);
    }
  }

  private void hear(
      MemoryAdvertisement advertisement, List<LinkState> links, Set<Browser.Result> heard) {
    Set<NetworkLink> on = new HashSet<>();
    for (LinkState state : links) {
      if (advertisement.links().contains(state.link().name())) {
        on.add(state.link());
      }
    }
    if (!on.isEmpty()) {
      TxtRecord txt = txtRecords ? advertisement.txtRecord() : TxtRecord.empty();
      advertisement
          .endpoint()
          .ifPresent(endpoint -> heard.add(new Browser.Result(endpoint, txt, on)));
    }
  }

  void fail(NetworkException cause) {
    if (!over) {
      end();
      events.failed(cause);
    }
  }

  MemoryDiscovery computer() {
    return computer;
  }

  @Override
  public void cancel() {
    air.loop().execute(this::end);
  }

  void end() {
    over = true;
    air.remove(this);
  }
}
