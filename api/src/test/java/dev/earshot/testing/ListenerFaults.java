package dev.earshot.testing;

import static dev.earshot.testing.FaultMatrix.verify;
import static dev.earshot.testing.FaultMatrix.verifyDone;
import static dev.earshot.testing.FaultMatrix.verifyNone;

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

/** A listener that needs its link, and what may happen to it. */
final class ListenerFaults {
  private static final int PORT = 4242;
  private static final String ADDRESS = "10.0.0.2";
  private static final Duration A_MOMENT = Duration.ofMillis(1);
  private static final Duration A_WHILE = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofMinutes(1);

  private ListenerFaults() {}

  private enum Moment {
    BEFORE_THE_START,
    WHILE_STARTING,
    WHEN_READY,
    WHILE_SOMEBODY_ARRIVES,
    WHILE_CANCELLING
  }

  /** What may happen on the computer that listens. */
  private enum Trouble {
    LINK_REMOVED {
      @Override
      void befall(MemoryRoom.Computer there) {
        there.links().remove(MemoryWire.LINK.name());
      }
    },
    LINK_DOWN {
      @Override
      void befall(MemoryRoom.Computer there) {
        there.links().up(MemoryWire.LINK.name(), false);
      }
    },
    ADDRESS_CHANGED {
      @Override
      void befall(MemoryRoom.Computer there) {
        there.transport().addLink(MemoryWire.LINK, "10.0.0.22");
        there.links().put(MemoryWire.LINK, "10.0.0.22");
      }
    },
    ADDRESS_ADDED {
      @Override
      void befall(MemoryRoom.Computer there) {
        there.transport().addLink(MemoryWire.LINK, "10.0.0.22");
        there.links().put(MemoryWire.LINK, ADDRESS, "10.0.0.22");
      }
    },
    ADDRESS_NOT_YET_USABLE {
      @Override
      void befall(MemoryRoom.Computer there) {
        there.transport().bindable(ADDRESS, false);
        there.links().up(MemoryWire.LINK.name(), false).up(MemoryWire.LINK.name(), true);
      }
    },
    LOOKS_FAIL {
      @Override
      void befall(MemoryRoom.Computer there) {
        there.links().breakDown(true);
      }
    },
    ADVERTISING_FAILS {
      @Override
      void befall(MemoryRoom.Computer there) {
        there.discovery().fail(new NetworkException("advertising fails on purpose"));
      }
    },
    DISCOVERY_CLOSED {
      @Override
      void befall(MemoryRoom.Computer there) {
        there.discovery().close();
      }
    },
    NETWORK_CLOSED {
      @Override
      void befall(MemoryRoom.Computer there) {
        there.close();
      }
    };

    abstract void befall(MemoryRoom.Computer there);
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Moment moment : Moment.values()) {
      for (Trouble trouble : Trouble.values()) {
        boolean neverMade = trouble == Trouble.NETWORK_CLOSED && moment == Moment.BEFORE_THE_START;
        if (!neverMade) {
          String name = "listener " + trouble + " " + moment;
          cases.add(new Case(name, () -> new Life(moment, trouble).live()));
        }
      }
      for (LinkFault fault : LinkFault.values()) {
        String name = "listener " + fault + " of who arrives " + moment;
        cases.add(new Case(name, () -> new Life(moment, fault).live()));
      }
    }
    return cases;
  }

  private static final class Life {
    private final MemoryRoom room = new MemoryRoom(11);
    private final MemoryRoom.Computer here = room.computer("10.0.0.1");
    private final MemoryRoom.Computer there = room.computer(ADDRESS);
    private final RecordingListener handler = RecordingListener.on(there.queue());
    private final List<CompletableFuture<?>> asked = new ArrayList<>();
    private final List<Connection> arrived = new ArrayList<>();
    private final Moment moment;
    private final Runnable trouble;
    private final Listener listener;

    private Life(Moment moment, Trouble trouble) {
      this.moment = moment;
      this.trouble = () -> trouble.befall(there);
      listener = listener();
    }

    private Life(Moment moment, LinkFault fault) {
      this.moment = moment;
      this.trouble =
          () -> {
            room.wire().plan(fault);
            if (fault.stage() == LinkFault.Stage.FLOW) {
              room.wire().strike(fault);
            }
          };
      listener = listener();
    }

    private Listener listener() {
      Parameters parameters =
          Parameters.webSocket().requireLink(MemoryWire.LINK).localPort(PORT).build();
      return there.network().listener(parameters);
    }

    private void live() {
      listener.advertise(Service.of("Den", ServiceType.tcp("fault")));
      asked.add(listener.ready());
      step(Moment.BEFORE_THE_START, A_MOMENT);
      listener.start(handler.receiving(this::accept), there.queue());
      step(Moment.WHILE_STARTING, A_WHILE);
      step(Moment.WHEN_READY, A_WHILE);
      Connection dialling =
          here.network()
              .connection(Endpoint.hostPort(ADDRESS, PORT), Parameters.webSocket().build())
              .start();
      asked.addAll(FaultMatrix.everythingOf(dialling, false));
      room.time().advance(A_MOMENT);
      step(Moment.WHILE_SOMEBODY_ARRIVES, A_WHILE);
      asked.add(listener.cancel());
      asked.add(dialling.cancel());
      step(Moment.WHILE_CANCELLING, A_WHILE);
      arrived.forEach(each -> asked.add(each.cancel()));
      asked.add(listener.ready());
      room.time().advance(LONG);
      verifyDone(asked);
      verify(listener.state() instanceof Listener.State.Cancelled, "it is " + listener.state());
      verifyNone("told against the rules", handler.violations());
      room.close();
      verifyNone("open in the end", room.wire().open());
      verifyNone("advertised in the end", room.air().advertised());
      verify(room.time().pendingTimers() == 0, "timers are left");
    }

    private void accept(Connection connection) {
      arrived.add(connection);
      connection.start(new RecordingHandler(), there.queue());
      asked.addAll(FaultMatrix.everythingOf(connection, false));
    }

    private void step(Moment now, Duration after) {
      if (moment == now) {
        trouble.run();
      }
      room.time().advance(after);
    }
  }
}
