package dev.earshot.examples.cli;

import dev.earshot.NetworkException;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The {@code earshot} command.
 *
 * <p>Exit codes: 0 done and verified, 1 it did not work (one line on standard error says why), 2
 * wrong usage.
 */
@Command(
    name = "earshot",
    description = "Finds peers on this network and exchanges messages and files with them.",
    mixinStandardHelpOptions = true,
    version = "earshot 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      DemoPeerCommand.class,
      ChatCommand.class,
      SendCommand.class,
      ReceiveCommand.class,
      BrowseCommand.class,
      CatCommand.class,
      PairCommand.class,
      KeyCommand.class,
      IdentityCommand.class
    })
public final class Earshot {
  private Earshot() {}

  /** Runs the command that {@code arguments} name, and exits with its code. */
  public static void main(String[] arguments) {
    QuietLibraries.install();
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = configured(new CommandLine(new Earshot()));
    commandLine.getSubcommands().values().forEach(Earshot::addHelp);
    return commandLine;
  }

  /** {@code commandLine}, which says in one line what went wrong. */
  static CommandLine configured(CommandLine commandLine) {
    return commandLine
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (thrown, command, parsed) -> {
              command.getErr().println("earshot: " + explain(thrown));
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  /** One line about what went wrong, without the wrapping that futures put around it. */
  static String explain(Throwable thrown) {
    Throwable cause = unwrap(thrown);
    boolean saysItself =
        cause instanceof NetworkException
            || cause instanceof IllegalStateException
            || cause instanceof IllegalArgumentException
            || cause instanceof TimeoutException
            || cause.getClass() == IOException.class; // its kinds often say no more than a path
    if (saysItself && cause.getMessage() != null) {
      return cause.getMessage();
    }
    return cause instanceof IOException && cause.getMessage() != null
        ? cause.getClass().getSimpleName() + ": " + cause.getMessage()
        : cause.toString();
  }

  /** What is inside the wrapping that futures put around it. */
  static Throwable unwrap(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static void addHelp(CommandLine subcommand) {
    subcommand.getCommandSpec().mixinStandardHelpOptions(true);
  }
}
