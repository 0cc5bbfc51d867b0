package dev.earshot.benchmarks;

import dev.earshot.benchmarks.Question.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The program of a client's or a server's JVM: {@code serve CONTESTANT WORKLOAD} or {@code ask
 * CONTESTANT WORKLOAD CONTACT [FILE]}. It reads commands, a line each, and answers each with a
 * line; it ends when its input does, so that it never outlives the program that started it, and
 * when it cannot begin, after it has said why.
 */
public final class Participant {
  private static final String READY = "ready ";
  private static final String ROUND = "round ";
  private static final String FIGURES = "figures ";
  private static final String SILENCES = " silences ";
  private static final String CPU = "cpu ";
  private static final String PAUSES = "pauses ";
  private static final String MEMORY = "memory ";
  private static final String RELEASE = "release ";
  private static final String FAILED = "failed ";

  private final PrintStream answers;
  private final Usage usage = Usage.watch();

  /** Null in a server. */
  private final Question question;

  private Participant(PrintStream answers, Question question) {
    this.answers = answers;
    this.question = question;
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err); // libraries may print; the answers are ours
    BlockingQueue<String> commands = commands();
    try {
      begin(List.of(arguments), answers).obey(commands);
    } catch (Exception | Error failure) {
      answers.println(failed(failure));
      Runtime.getRuntime().halt(1); // whatever threads there are already
    }
  }

  private static Participant begin(List<String> arguments, PrintStream answers) throws Exception {
    Contestant contestant = Contestants.of(arguments.get(1)).make();
    Workload workload = Workload.parse(arguments.get(2));
    if (arguments.get(0).equals("serve")) {
      answers.println(READY + contestant.serve(workload).contact());
      return new Participant(answers, null);
    }
    Optional<Path> file = arguments.stream().skip(4).findFirst().map(Path::of);
    Question question = Question.of(contestant, arguments.get(3), workload, file);
    answers.println(READY);
    return new Participant(answers, question);
  }

  /** Reads commands beside the work, so that the end of input ends the JVM even in a round. */
  private static BlockingQueue<String> commands() {
    BlockingQueue<String> commands = new LinkedBlockingQueue<>();
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader in =
                  new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                String line;
                while ((line = in.readLine()) != null) {
                  commands.add(line);
                }
              } catch (IOException broken) {
                System.err.println("reading commands: " + broken);
              } finally {
                Runtime.getRuntime().halt(0);
              }
            },
            "commands");
    reader.setDaemon(true);
    reader.start();
    return commands;
  }

  private void obey(BlockingQueue<String> commands) throws InterruptedException {
    while (true) {
      answers.println(answer(commands.take()));
    }
  }

  private String answer(String command) {
    try {
      if (command.equals(CPU)) {
        return CPU + usage.cpuNanos();
      }
      if (command.equals(PAUSES)) {
        return PAUSES + Pause.line(usage.pauses());
      }
      if (command.equals(MEMORY)) {
        return MEMORY + usage.memory();
      }
      if (command.equals(RELEASE)) {
        question.release();
        return RELEASE;
      }
      return line(question.round(Duration.ofMillis(Long.parseLong(after(ROUND, command)))));
    } catch (Exception | Error failure) {
      return failed(failure);
    }
  }

  /** An answer that no question expects, so that whoever has asked is told this. */
  private static String failed(Throwable failure) {
    boolean speaksForItself =
        failure.getCause() == null || failure instanceof MissingLibraryException;
    return FAILED
        + String.valueOf(speaksForItself ? failure : failure.getCause()).replace('\n', ' ');
  }

  private static String line(Answer answer) {
    return FIGURES + answer.figures() + SILENCES + Pause.line(answer.silences());
  }

  private static String after(String word, String line) {
    if (line == null || !line.startsWith(word)) {
      throw new IllegalStateException(line == null ? "no answer in time" : line);
    }
    return line.substring(word.length());
  }

  /** The other end of a participant's commands. Used by one thread. */
  static final class Remote implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ChildJvm jvm;

    Remote(ChildJvm jvm) {
      this.jvm = jvm;
    }

    /** What the participant says when it has begun: the contact, of a server. */
    String ready() throws InterruptedException {
      return after(READY, jvm.answer(PATIENCE));
    }

    Answer round(Duration length, Duration patience) throws InterruptedException {
      String answer = jvm.ask(ROUND + length.toMillis(), length.plus(patience));
      String[] parts = after(FIGURES, answer).split(SILENCES, 2);
      return new Answer(Figures.parse(parts[0]), Pause.parse(parts[1]));
    }

    long cpuNanos() throws InterruptedException {
      return Long.parseLong(after(CPU, jvm.ask(CPU, PATIENCE)));
    }

    List<Pause> pauses() throws InterruptedException {
      return Pause.parse(after(PAUSES, jvm.ask(PAUSES, PATIENCE)));
    }

    /** The memory that is in use, after collections. */
    Figures memory() throws InterruptedException {
      return Figures.parse(after(MEMORY, jvm.ask(MEMORY, PATIENCE)));
    }

    /** Gives up what the last round has left open. */
    void release() throws InterruptedException {
      after(RELEASE, jvm.ask(RELEASE, PATIENCE));
    }

    /** CPU time as the operating system counts it, coarser but without waking the JVM. */
    Duration systemCpu() {
      return jvm.cpu();
    }

    @Override
    public void close() {
      jvm.close();
    }
  }
}
