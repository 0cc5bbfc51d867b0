package dev.earshot.benchmarks;

/**
 * One messaging library, seen through the least that every workload needs. An adapter uses its
 * library as the library's own documentation does, and says in its first sentence which way that
 * is.
 *
 * <p>One contestant lives in each JVM, either serving or connecting; what its links share (event
 * loops, contexts) belongs to it and ends with {@link #close()}.
 */
public interface Contestant extends AutoCloseable {

  /**
   * Starts to serve on a free port of 127.0.0.1: every message is read and handled as {@link
   * Messages} says.
   */
  Server serve(Workload workload) throws Exception;

  /** Connects to the place a {@link Server#contact()} names; returns when messages may be sent. */
  Link connect(String contact, Workload workload) throws Exception;

  @Override
  void close();

  /** A serving side. */
  interface Server extends AutoCloseable {

    /** Where to connect to, in words only the same contestant needs to understand. */
    String contact();

    @Override
    void close();
  }
}
