package dev.earshot.transport.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import java.util.concurrent.ThreadFactory;

/**
 * A loop of Netty's that never ends before what is open on it.
 *
 * <p>Netty 4.2.18 closes the sockets of a loop before it runs the tasks of a turn, and looks after
 * them whether it may end: asked to end while it runs them, it would leave its sockets open. They
 * are closed here each time before that look, so that those which a last task opened are, too.
 */
final class SocketLoop extends SingleThreadIoEventLoop {
  SocketLoop(ThreadFactory threads, IoHandlerFactory handlers) {
    super(null, threads, handlers);
  }

  @Override
  protected boolean confirmShutdown() {
    if (isShuttingDown()) {
      ioHandler().prepareToDestroy();
    }
    return super.confirmShutdown();
  }
}
