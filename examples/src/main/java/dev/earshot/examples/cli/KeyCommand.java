package dev.earshot.examples.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows or makes a key. */
@Command(
    name = "key",
    description =
        "Prints the key that chat, send and receive use by default, and makes it if there is none."
            + " Give it to the other computer over a way that you trust.")
final class KeyCommand implements Callable<Integer> {
  @Option(names = "--new", description = "Print a new random key and leave the key file alone.")
  private boolean fresh;

  @Option(names = "--path", description = "Print where the key file is, and nothing else.")
  private boolean path;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path file = KeyFile.standard();
    String line;
    if (path) {
      line = file.toString();
    } else if (fresh) {
      line = KeyFile.make();
    } else {
      KeyFile.readOrMake(file);
      line = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    }
    spec.commandLine().getOut().println(line);
    return 0;
  }
}
