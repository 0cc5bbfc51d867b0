package dev.earshot.transport.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Epoll, with sockets that stay registered while nothing is awaited of them.
 *
 * <p>Netty 4.2.18 removes a socket from the epoll set when the last interest in it goes, and then
 * fails to modify what is no longer there: a socket whose peer has finished sending could not be
 * written to any more. Here, instead of no interest, the edge-triggered flag alone is registered,
 * of which nothing is heard but, once, an error.
 */
final class SteadyRegistrations implements IoHandlerFactory {
  private final IoHandlerFactory epoll;

  SteadyRegistrations(IoHandlerFactory epoll) {
    this.epoll = epoll;
  }

  @Override
  public IoHandler newHandler(ThreadAwareExecutor ioExecutor) {
    return new Handler(epoll.newHandler(ioExecutor));
  }

  private static final class Handler implements IoHandler {
    private final IoHandler handler;

    Handler(IoHandler handler) {
      this.handler = handler;
    }

    @Override
    public void initialize() {
      handler.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
      return handler.run(context);
    }

    @Override
    public void prepareToDestroy() {
      handler.prepareToDestroy();
    }

    @Override
    public void destroy() {
      handler.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return new Steady(handler.register(handle));
    }

    @Override
    public void wakeup() {
      handler.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return handler.isCompatible(handleType);
    }
  }

  private static final class Steady implements IoRegistration {
    private final IoRegistration registration;

    Steady(IoRegistration registration) {
      this.registration = registration;
    }

    @Override
    public <T> T attachment() {
      return registration.attachment();
    }

    @Override
    public long submit(IoOps ops) {
      return registration.submit(EpollIoOps.NONE.equals(ops) ? EpollIoOps.EPOLLET : ops);
    }

    @Override
    public boolean isValid() {
      return registration.isValid();
    }

    @Override
    public boolean cancel() {
      return registration.cancel();
    }
  }
}
