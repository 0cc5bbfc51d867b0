package dev.earshot.internal;

import dev.earshot.Parameters;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Port;
import dev.earshot.spi.Transport;
import dev.earshot.spi.TransportProvider;
import java.util.concurrent.Executor;

/** A transport that does something of a test's before it is closed. */
record ClosingTransport(Transport transport, Runnable onClose) implements Transport {

  /** Its provider. */
  TransportProvider provider() {
    return new TransportProvider() {
      @Override
      public String name() {
        return "closing";
      }

      @Override
      public Transport open(Executor workers) {
        return ClosingTransport.this;
      }
    };
  }

  @Override
  public boolean supports(Parameters parameters) {
    return transport.supports(parameters);
  }

  @Override
  public Loop nextLoop() {
    return transport.nextLoop();
  }

  @Override
  public Dial dial(Loop loop, DialRequest request, Dial.Events events) {
    return transport.dial(loop, request, events);
  }

  @Override
  public Port listen(Loop loop, ListenRequest request, Port.Events events) {
    return transport.listen(loop, request, events);
  }

  @Override
  public void close() {
    onClose.run();
    transport.close();
  }
}
