package dev.earshot.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The outcomes of one workload as text: a line a contestant, medians and best, ratios to the limit.
 */
final class Table {
  private static final String NOTHING = "-";
  private static final double GIBIBYTE = 1 << 30;
  private static final double KIBIBYTE = 1 << 10;

  private final Workload workload;
  private final List<Outcome> outcomes;
  private final Outcome limit;

  Table(Workload workload, List<Outcome> outcomes) {
    this.workload = workload;
    this.outcomes = outcomes;
    this.limit =
        outcomes.stream()
            .filter(one -> one.contestant() == limiting())
            .findFirst()
            .orElse(new Outcome(limiting(), workload, List.of(), Optional.empty()));
  }

  /** Whom the others are compared with: who does only what has to be done. */
  private Contestants limiting() {
    if (workload.lossy()) {
      return Contestants.NETTY_UDP;
    }
    if (workload.kind() == Workload.Kind.FILE) {
      return Contestants.NETTY_FILE_REGION;
    }
    return takesPart(Contestants.NETTY_QUIC) && !takesPart(Contestants.NR)
        ? Contestants.NETTY_QUIC
        : Contestants.NR;
  }

  private boolean takesPart(Contestants contestant) {
    return outcomes.stream().anyMatch(one -> one.contestant() == contestant);
  }

  /** A column: its head, how to find its value, how to write that. */
  private record Column(String head, ToDoubleFunction<Outcome> value, Form form) {
    String text(Outcome outcome) {
      double number = value.applyAsDouble(outcome);
      return Double.isNaN(number) ? NOTHING : form.write(number);
    }
  }

  private interface Form {
    String write(double number);
  }

  @Override
  public String toString() {
    List<Column> columns = columns();
    List<String[]> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of(workload.toString()));
    columns.forEach(column -> head.add(column.head));
    rows.add(head.toArray(String[]::new));
    for (Outcome outcome : outcomes) {
      List<String> row = new ArrayList<>(List.of(outcome.contestant().word()));
      columns.forEach(column -> row.add(column.text(outcome)));
      outcome.failure().ifPresent(row::add);
      rows.add(row.toArray(String[]::new));
    }
    return workload.title() + "\n" + aligned(rows, head.size());
  }

  private List<Column> columns() {
    List<Column> columns =
        new ArrayList<>(
            switch (workload.kind()) {
              case THR, THRM -> rates("msg/s", 1, Table::thousands);
              case BULK, FILE -> rates("GiB/s", workload.size() / GIBIBYTE, Table::gibibytes);
              case CONN -> connections();
              case RTT, UDPRTT -> echoes();
              case UDP -> datagrams();
              case IDLE -> memory();
              case STALL -> stalls();
            });
    columns.add(new Column("nudges", one -> one.sum(Figures.NUDGES), Table::whole));
    columns.add(new Column("CPU us", one -> one.median(Figures.CPU), Table::two));
    columns.add(new Column("others %", one -> one.median(Figures.OTHERS), Table::whole));
    return columns;
  }

  private List<Column> rates(String unit, double scale, Form form) {
    return List.of(
        new Column("best " + unit, one -> one.greatest(Figures.RATE) * scale, form),
        new Column("median", one -> one.median(Figures.RATE) * scale, form),
        new Column("x " + limiting().word(), one -> one.times(Figures.RATE, limit), Table::three),
        new Column("least", one -> one.least(Figures.RATE) * scale, form));
  }

  private List<Column> connections() {
    List<Column> columns = new ArrayList<>(rates("conn/s", 1, Table::whole));
    columns.addAll(micros());
    return columns;
  }

  private List<Column> datagrams() {
    List<Column> columns = new ArrayList<>(rates("msg/s", 1, Table::thousands));
    columns.add(new Column("lost %", one -> one.median(Figures.LOST), Table::two));
    columns.add(new Column("most lost %", one -> one.greatest(Figures.LOST), Table::two));
    return columns;
  }

  private List<Column> memory() {
    return List.of(
        new Column("client heap KiB", one -> one.median(Figures.HEAP) / KIBIBYTE, Table::one),
        new Column("RSS KiB", one -> one.median(Figures.RESIDENT) / KIBIBYTE, Table::one),
        new Column(
            "server heap KiB", one -> one.median(Figures.SERVER_HEAP) / KIBIBYTE, Table::one),
        new Column("RSS KiB", one -> one.median(Figures.SERVER_RESIDENT) / KIBIBYTE, Table::one),
        new Column("conn/s", one -> one.median(Figures.RATE), Table::whole));
  }

  private List<Column> echoes() {
    List<Column> columns = new ArrayList<>(micros());
    columns.add(new Column("best p50", one -> one.least(Figures.P50), Table::one));
    columns.add(
        new Column("p50 x " + limiting().word(), one -> one.times(Figures.P50, limit), Table::two));
    columns.add(
        new Column("p99 x " + limiting().word(), one -> one.times(Figures.P99, limit), Table::two));
    return columns;
  }

  private List<Column> stalls() {
    return List.of(
        new Column("echoes", one -> one.sum(Figures.COUNT), Table::whole),
        new Column("stalls", one -> one.sum(Figures.STALLS), Table::whole),
        new Column("longest ms", one -> one.greatest(Figures.LONGEST) / 1e3, Table::one),
        new Column("p50 us", one -> one.median(Figures.P50), Table::one));
  }

  private static List<Column> micros() {
    return List.of(
        new Column("p50 us", one -> one.median(Figures.P50), Table::one),
        new Column("p99 us", one -> one.median(Figures.P99), Table::one),
        new Column("p99.9 us", one -> one.median(Figures.P999), Table::one));
  }

  private static String aligned(List<String[]> rows, int columns) {
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      text.append("  ").append(padded(row[0], -widths[0]));
      for (int i = 1; i < columns; i++) {
        text.append("  ").append(padded(row[i], widths[i]));
      }
      Arrays.stream(row).skip(columns).forEach(note -> text.append("  ").append(note));
      text.append('\n');
    }
    return text.toString();
  }

  private static String padded(String text, int width) {
    return String.format(Locale.ROOT, "%" + width + "s", text);
  }

  private static String thousands(double number) {
    return number >= 1e6 ? two(number / 1e6) + " M" : one(number / 1e3) + " k";
  }

  private static String gibibytes(double number) {
    return number >= 0.1 ? two(number) : String.format(Locale.ROOT, "%.4f", number);
  }

  private static String whole(double number) {
    return String.format(Locale.ROOT, "%.0f", number);
  }

  private static String one(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  private static String two(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }

  private static String three(double number) {
    return String.format(Locale.ROOT, "%.3f", number);
  }
}
