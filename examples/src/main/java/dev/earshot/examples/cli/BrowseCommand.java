package dev.earshot.examples.cli;

import dev.earshot.Browser;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.ServiceType;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists services as they come and go. */
@Command(
    name = "browse",
    description = "Lists the services of one type on this network, as they come and go.")
final class BrowseCommand implements Callable<Integer> {
  @picocli.CommandLine.Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "TYPE",
      defaultValue = ChatCommand.SERVICE_TYPE,
      description = "The service type, such as _ipp._tcp; ${DEFAULT-VALUE} by default.")
  private String type = ChatCommand.SERVICE_TYPE;

  @Mixin private LinkOption link = new LinkOption();

  @Option(
      names = {"-s", "--seconds"},
      paramLabel = "N",
      description = "Stop after this many seconds; by default it goes on until Ctrl-C.")
  private int seconds;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    ExecutorService queue = CommandQueue.open();
    try (Network network = Network.open();
        GoodbyeOnExit goodbye = new GoodbyeOnExit(network)) {
      goodbye.watch();
      Parameters.Builder parameters = Parameters.tcp();
      link.find(network).ifPresent(parameters::requireLink);
      Browser browser = network.browser(ServiceType.parse(type), parameters.build());
      Listing listing = new Listing(out);
      browser.includeTxtRecords().start(listing, queue);
      if (seconds > 0) {
        listing.over.completeOnTimeout(null, seconds, TimeUnit.SECONDS);
      }
      listing.over.get();
      return 0;
    } finally {
      queue.shutdown();
    }
  }

  /** Prints a line for each change. */
  private static final class Listing implements Browser.Handler {
    private final PrintWriter out;
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    Listing(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void resultsChanged(
        Browser browser, Set<Browser.Result> results, List<Browser.Change> changes) {
      for (Browser.Change change : changes) {
        if (change instanceof Browser.Change.Added added) {
          line("+", added.result());
        } else if (change instanceof Browser.Change.Removed removed) {
          line("-", removed.result());
        } else if (change instanceof Browser.Change.Changed changed) {
          line("*", changed.after());
        }
      }
      out.flush();
    }

    @Override
    public void stateUpdated(Browser browser, Browser.State state) {
      if (state instanceof Browser.State.Waiting waiting) {
        out.println("waiting: " + waiting.reason().getMessage());
        out.flush();
      } else if (state instanceof Browser.State.Failed failed) {
        over.completeExceptionally(failed.cause());
      }
    }

    private void line(String sign, Browser.Result result) {
      out.println(
          sign + " " + result.endpoint() + "  on " + result.links() + "  " + result.txtRecord());
    }
  }
}
