package dev.earshot.testing;

import static dev.earshot.testing.FaultMatrix.verify;
import static dev.earshot.testing.FaultMatrix.verifyDone;
import static dev.earshot.testing.FaultMatrix.verifyNone;

import dev.earshot.Browser;
import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.testing.FaultMatrix.Case;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A browser, a connection to what it may find, and what may happen to them. */
final class BrowserFaults {
  private static final ServiceType TYPE = ServiceType.tcp("fault");
  private static final Duration A_MOMENT = Duration.ofMillis(1);
  private static final Duration A_WHILE = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofMinutes(1);

  private BrowserFaults() {}

  private enum Moment {
    BEFORE_THE_START,
    WHILE_STARTING,
    WHEN_READY,
    WHILE_SOMETHING_IS_HEARD,
    WHILE_CANCELLING
  }

  /** What may happen to discovery. */
  private enum Trouble {
    NO_LINKS {
      @Override
      void befall(MemoryRoom room, MemoryRoom.Computer here, MemoryRoom.Computer there) {
        here.links().remove(MemoryWire.LINK.name()).remove(MemoryWire.LOOPBACK.name());
      }
    },
    LINK_DOWN {
      @Override
      void befall(MemoryRoom room, MemoryRoom.Computer here, MemoryRoom.Computer there) {
        here.links().up(MemoryWire.LINK.name(), false);
      }
    },
    LOOKS_FAIL {
      @Override
      void befall(MemoryRoom room, MemoryRoom.Computer here, MemoryRoom.Computer there) {
        here.links().breakDown(true);
      }
    },
    NOBODY_ANSWERS {
      @Override
      void befall(MemoryRoom room, MemoryRoom.Computer here, MemoryRoom.Computer there) {
        room.air().latency(Duration.ofHours(1));
      }
    },
    DISCOVERY_FAILS {
      @Override
      void befall(MemoryRoom room, MemoryRoom.Computer here, MemoryRoom.Computer there) {
        here.discovery().fail(new NetworkException("browsing fails on purpose"));
      }
    },
    DISCOVERY_CLOSED {
      @Override
      void befall(MemoryRoom room, MemoryRoom.Computer here, MemoryRoom.Computer there) {
        here.discovery().close();
      }
    },
    SERVICE_VANISHES {
      @Override
      void befall(MemoryRoom room, MemoryRoom.Computer here, MemoryRoom.Computer there) {
        there.discovery().vanish();
      }
    },
    NETWORK_CLOSED {
      @Override
      void befall(MemoryRoom room, MemoryRoom.Computer here, MemoryRoom.Computer there) {
        here.close();
      }
    };

    abstract void befall(MemoryRoom room, MemoryRoom.Computer here, MemoryRoom.Computer there);
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Moment moment : Moment.values()) {
      for (Trouble trouble : Trouble.values()) {
        boolean neverMade = trouble == Trouble.NETWORK_CLOSED && moment == Moment.BEFORE_THE_START;
        if (!neverMade) {
          String name = "browser " + trouble + " " + moment;
          cases.add(new Case(name, () -> new Life(moment, trouble).live()));
        }
      }
    }
    return cases;
  }

  private static final class Life {
    private final MemoryRoom room = new MemoryRoom(13);
    private final MemoryRoom.Computer here = room.computer("10.0.0.1");
    private final MemoryRoom.Computer there = room.computer("10.0.0.2");
    private final RecordingBrowser handler = RecordingBrowser.on(here.queue());
    private final List<CompletableFuture<?>> asked = new ArrayList<>();
    private final Moment moment;
    private final Trouble trouble;

    private Life(Moment moment, Trouble trouble) {
      this.moment = moment;
      this.trouble = trouble;
    }

    private void live() {
      Browser browser = here.network().browser(TYPE, Parameters.webSocket().build());
      asked.add(browser.ready());
      step(Moment.BEFORE_THE_START, A_MOMENT);
      browser.start(handler, here.queue());
      Browser seeker = here.network().browser(TYPE, Parameters.webSocket().build());
      asked.add(seeker.first(result -> true, here.queue()));
      Browser idler = here.network().browser(TYPE, Parameters.webSocket().build());
      asked.add(idler.first(result -> false, here.queue()));
      step(Moment.WHILE_STARTING, A_WHILE);
      step(Moment.WHEN_READY, A_WHILE);
      Listener listener = there.network().listener(Parameters.webSocket().build());
      listener.advertise(Service.of("Den", TYPE));
      listener.start(RecordingListener.on(there.queue()).receiving(this::accept), there.queue());
      connect();
      room.time().advance(A_MOMENT);
      step(Moment.WHILE_SOMETHING_IS_HEARD, A_WHILE);
      asked.add(browser.cancel());
      asked.add(idler.cancel());
      step(Moment.WHILE_CANCELLING, A_WHILE);
      asked.add(listener.cancel());
      asked.add(browser.ready());
      room.time().advance(LONG);
      verify(browser.state() instanceof Browser.State.Cancelled, "it is " + browser.state());
      verifyNone("told against the rules", handler.violations());
      room.air().latency(Duration.ofMillis(1));
      room.close();
      verifyDone(asked);
      verify(room.air().browsing() == 0, "somebody browses in the end");
      verifyNone("open in the end", room.wire().open());
    }

    /** To the service, which is looked up late; never cancelled but by the end of the network. */
    private void connect() {
      if (trouble == Trouble.NETWORK_CLOSED && moment.compareTo(Moment.WHEN_READY) <= 0) {
        return; // nobody connects any more
      }
      Endpoint service = Endpoint.bonjour("Den", TYPE);
      Connection made = here.network().connection(service, Parameters.webSocket().build());
      asked.addAll(FaultMatrix.everythingOf(made, false));
      made.start();
    }

    private void accept(Connection connection) {
      connection.start(new RecordingHandler(), there.queue());
      asked.addAll(FaultMatrix.everythingOf(connection, false));
      asked.add(connection.cancel());
    }

    private void step(Moment now, Duration after) {
      if (moment == now) {
        trouble.befall(room, here, there);
      }
      room.time().advance(after);
    }
  }
}
