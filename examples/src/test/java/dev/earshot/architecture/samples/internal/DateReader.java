package dev.earshot.architecture.samples.internal;

import java.time.Instant;

/** Behaves differently tomorrow. */
final class DateReader {
  final Instant created = Instant.now();
}
