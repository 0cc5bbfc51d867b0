package dev.earshot.internal.connection;

import dev.earshot.DataTransferReport;
import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;
import java.util.concurrent.Executor;

/** What is different for a connection that dials and one that was accepted. */
@LoopConfined
interface Side {
  /** Makes the side of a connection that is being made. */
  interface Maker {
    Side make(Crossing crossing, Counted counted);
  }

  /** The other end, for users and for messages. */
  Endpoint endpoint();

  Parameters parameters();

  /** The links as they were last seen. */
  LinkTable links();

  /** Where what may block runs. */
  Executor workers();

  /** A new go at bringing a pipe about. */
  Attempt attempt(Dial.Events events);

  /** Whether there is a socket before the connection is started. */
  boolean holdsFromTheStart();

  /** Whether a failure to get through can be waited out. */
  boolean mayWait();

  /** Closes an arrival that is not going to be opened. */
  void refuse();

  /** The handshakes are over, one way or the other; may be said again. */
  void handshakeOver();

  /** {@code own}, what the connection has carried, with what was carried by parts of it. */
  default DataTransferReport withParts(DataTransferReport own) {
    return own;
  }

  /** Nothing is held any more; may be said again. */
  void ended();
}
