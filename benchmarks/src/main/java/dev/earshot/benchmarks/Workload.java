package dev.earshot.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * One question asked of every contestant, written as {@code thr:64}, {@code thrm:64:4}, {@code
 * rtt:64}, {@code bulk:65536}, {@code file:65536}, {@code conn}, {@code stall:1000000}, {@code
 * idle:1000}, {@code udp:1024} or {@code udprtt:64}.
 *
 * @param producers threads that send over the one connection
 * @param count echoes to run, for {@code stall}; connections to open, for {@code idle}; 0 for
 *     workloads that run for a time
 */
public record Workload(Kind kind, int size, int producers, int count) {

  /** The kinds of question. */
  public enum Kind {
    /** One-way messages, counted by the receiver. */
    THR(64, 8, 12, 3),
    /** The same with several producers on one connection. */
    THRM(64, 6, 5),
    /** One echo in flight at a time. */
    RTT(64, 8, 21),
    /** Bytes one way in chunks; contestants with a stream of bytes use that. */
    BULK(64 * 1024, 24, 21),
    /** A file one way in pieces, over a plain stream of bytes. */
    FILE(64 * 1024, 8, 31),
    /** Connect, first echo, close; one after the other. */
    CONN(64, 60, 25),
    /** A great number of echoes, one in flight, looking for the ones that hang. */
    STALL(64, 0, 1),
    /** A great number of connections that do nothing, for the memory they take. */
    IDLE(64, 4, 5),
    /** One-way datagrams that may be lost, counted by the receiver. */
    UDP(1024, 8, 15),
    /** One echo of datagrams in flight at a time. */
    UDPRTT(64, 8, 9);

    private final int size;
    private final int warmUps;
    private final int rounds;
    private final int starts;

    Kind(int size, int warmUps, int rounds) {
      this(size, warmUps, rounds, 1);
    }

    /**
     * A kind of question.
     *
     * @param size of a message, if nothing is said
     * @param warmUps rounds of a second until what is run has been compiled, which takes longer
     *     where it is run less often
     * @param rounds until what is compared repeats: so many as one differs from the next
     * @param starts how many pairs of JVMs share them, one after the other: several where what the
     *     compiler makes of the same code differs from one to the next
     */
    Kind(int size, int warmUps, int rounds, int starts) {
      this.size = size;
      this.warmUps = warmUps;
      this.rounds = rounds;
      this.starts = starts;
    }

    int warmUps() {
      return warmUps;
    }

    int rounds() {
      return rounds;
    }

    int starts() {
      return starts;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is asked when nothing is said. */
  static final List<Workload> USUAL =
      List.of(
          parse("thr:64"),
          parse("thr:1024"),
          parse("thr:65536"),
          parse("thrm:64:4"),
          parse("rtt:64"),
          parse("conn"),
          parse("bulk:65536"),
          parse("file:65536"),
          parse("stall"),
          parse("idle"),
          parse("udp:1024"),
          parse("udprtt:64"));

  private static final int STALL_ECHOES = 1_000_000;
  private static final int IDLE_CONNECTIONS = 1_000;

  public Workload {
    if (size < Messages.SHORTEST || size > Messages.LONGEST) {
      throw new IllegalArgumentException("message size " + size);
    }
    if (producers < 1 || count < 0) {
      throw new IllegalArgumentException(producers + " producers, count " + count);
    }
  }

  /** Whether the word begins like a workload. */
  static boolean names(String word) {
    String kind = word.split(":", 2)[0];
    return List.of(Kind.values()).stream().anyMatch(known -> known.word().equals(kind));
  }

  /** Reads a workload from its written form. */
  public static Workload parse(String text) {
    String[] parts = text.split(":");
    try {
      Kind kind = Kind.valueOf(parts[0].toUpperCase(Locale.ROOT));
      int first = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
      if (kind == Kind.STALL || kind == Kind.IDLE) {
        int usual = kind == Kind.STALL ? STALL_ECHOES : IDLE_CONNECTIONS;
        return new Workload(kind, kind.size, 1, first > 0 ? first : usual);
      }
      int producers = kind == Kind.THRM ? (parts.length > 2 ? Integer.parseInt(parts[2]) : 4) : 1;
      return new Workload(kind, first > 0 ? first : kind.size, producers, 0);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException("not a workload: " + text, wrong);
    }
  }

  /** The same with no more than so many echoes or connections. */
  Workload atMost(int most) {
    return new Workload(kind, size, producers, Math.min(count, most));
  }

  /** Whether it is asked of datagrams, which may be lost. */
  public boolean lossy() {
    return kind == Kind.UDP || kind == Kind.UDPRTT;
  }

  /** Whether one echo follows the other, so that a sleeping processor would show. */
  boolean echoes() {
    return kind == Kind.RTT || kind == Kind.STALL || kind == Kind.UDPRTT;
  }

  /** Whether messages flow one way, so that the sender may batch them. */
  public boolean oneWay() {
    return kind == Kind.THR || kind == Kind.THRM || kind == Kind.BULK;
  }

  /** The written form, which {@link #parse} reads. */
  @Override
  public String toString() {
    return switch (kind) {
      case THRM -> kind.word() + ":" + size + ":" + producers;
      case STALL, IDLE -> kind.word() + ":" + count;
      case CONN -> kind.word();
      default -> kind.word() + ":" + size;
    };
  }

  String title() {
    String bytes = size % 1024 == 0 ? size / 1024 + " KiB" : size + " B";
    return switch (kind) {
      case THR -> bytes + " messages one way, one producer";
      case THRM -> bytes + " messages one way, " + producers + " producers on one connection";
      case RTT -> bytes + " echo, one in flight";
      case BULK -> "bulk one way in chunks of " + bytes;
      case FILE -> "a file one way in pieces of " + bytes;
      case CONN -> "connect, first " + bytes + " echo, close";
      case STALL -> count + " echoes of " + bytes + ", one in flight";
      case IDLE -> count + " connections that do nothing after one echo";
      case UDP -> bytes + " datagrams one way, one producer, as fast as may be";
      case UDPRTT -> bytes + " echo of datagrams, one in flight";
    };
  }
}
