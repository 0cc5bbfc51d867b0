package dev.earshot.discovery.mdns;

import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.Payload;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.discovery.mdns.DnsMessage.Question;
import dev.earshot.discovery.mdns.FakeEngine.FakePublished;
import dev.earshot.spi.LinkFilter;
import dev.earshot.testing.MemoryLinks;
import dev.earshot.testing.VirtualLoop;
import dev.earshot.testing.VirtualTime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Discovery on two links whose engines have no network, in virtual time. */
final class FakeLinks {
  static final ServiceType TYPE = ServiceType.tcp("chat");
  static final DnsName TYPE_NAME = ServiceNames.of(TYPE);
  static final DnsName DEN = TYPE_NAME.under("Den");
  static final DnsName HOST = ServiceNames.ofHost("host");
  static final NetworkLink ETH = new NetworkLink("eth0", 2, LinkType.WIRED);
  static final NetworkLink WIFI = new NetworkLink("wlan0", 3, LinkType.WIFI);
  static final LinkFilter ANY = new LinkFilter(Optional.empty(), Set.of());

  final VirtualTime time = new VirtualTime();
  final VirtualLoop loop = time.loop("loop");
  final MemoryLinks links =
      MemoryLinks.loopbackOnly().put(ETH, "192.0.2.7").put(WIFI, "198.51.100.7");
  final FakeEngine.Workshop workshop = new FakeEngine.Workshop();
  final LinkResponders responders =
      new LinkResponders(loop, time.executor("opener"), links, workshop);
  final ClaimedNames claimed = new ClaimedNames();
  final Recorded events = new Recorded();

  BrowseRequest browse(LinkFilter filter) {
    BrowseRequest request = new BrowseRequest(loop, TYPE, true, filter, events);
    inLoop(() -> responders.add(request));
    return request;
  }

  Publication publish(String name) {
    Publication publication = new Publication(Service.of(name, TYPE), 4242, ANY, claimed, events);
    inLoop(() -> responders.add(publication));
    return publication;
  }

  FakePublished published(String link) {
    List<FakePublished> there = workshop.on(link).published();
    return there.get(there.size() - 1);
  }

  void resolve() {
    ResolveRequest[] self = new ResolveRequest[1];
    self[0] =
        new ResolveRequest(
            loop, Endpoint.bonjour("Den", TYPE), ANY, events, () -> responders.remove(self[0]));
    inLoop(() -> responders.add(self[0]));
  }

  void reconfirm() {
    Reconfirmation reconfirmation = new Reconfirmation(loop);
    inLoop(() -> reconfirmation.begin(DEN, responders.all()));
  }

  void hear(String link, DnsRecord... records) {
    inLoop(() -> workshop.on(link).hear(records));
    time.advance(Duration.ofMillis(30));
  }

  void inLoop(Runnable task) {
    loop.execute(task);
    time.runUntilIdle();
  }

  List<Question> questions(String link) {
    return workshop.on(link).queries().stream().flatMap(q -> q.questions().stream()).toList();
  }

  static DnsRecord pointer() {
    return DnsRecord.pointer(TYPE_NAME, 120, DEN);
  }

  static DnsRecord server(int port) {
    return new DnsRecord(DEN, DnsRecord.SRV, true, 120, new DnsRecord.Server(0, 0, port, HOST));
  }

  static DnsRecord text(String pair) {
    Payload bytes = Payload.utf8((char) pair.length() + pair);
    return new DnsRecord(DEN, DnsRecord.TXT, true, 120, new DnsRecord.Text(bytes));
  }

  static DnsRecord address(String numeric) {
    try {
      InetAddress address = InetAddress.getByName(numeric);
      int type = address.getAddress().length == 4 ? DnsRecord.A : DnsRecord.AAAA;
      return new DnsRecord(HOST, type, false, 120, new DnsRecord.Address(address));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(numeric, e);
    }
  }
}
