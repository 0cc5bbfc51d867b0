package dev.earshot.examples.cli;

import dev.earshot.Identity;
import dev.earshot.security.tls.Identities;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Where the passwords of identities come from: the environment, or somebody who types. */
final class PasswordPrompt {
  static final String ENVIRONMENT = "EARSHOT_PASSWORD";

  private PasswordPrompt() {}

  /** The identity in {@code file}. */
  static Identity load(Path file) throws IOException {
    char[] password = ask("Password of " + file + ": ");
    try {
      return Identities.load(file, password);
    } finally {
      Arrays.fill(password, ' ');
    }
  }

  /** A password for a new file, typed twice. */
  static char[] choose(Path file) {
    String fromEnvironment = System.getenv(ENVIRONMENT);
    if (fromEnvironment != null) {
      return fromEnvironment.toCharArray();
    }
    char[] first = ask("New password for " + file + ": ");
    char[] second = ask("Once more: ");
    boolean same = Arrays.equals(first, second);
    Arrays.fill(second, ' ');
    if (!same) {
      Arrays.fill(first, ' ');
      throw new IllegalArgumentException("the two passwords differ");
    }
    return first;
  }

  private static char[] ask(String question) {
    String fromEnvironment = System.getenv(ENVIRONMENT);
    if (fromEnvironment != null) {
      return fromEnvironment.toCharArray();
    }
    Console console = System.console();
    char[] typed = console == null ? null : console.readPassword("%s", question);
    if (typed == null) {
      throw new IllegalArgumentException(
          "there is nobody to ask for a password: set the environment variable " + ENVIRONMENT);
    }
    return typed;
  }
}
