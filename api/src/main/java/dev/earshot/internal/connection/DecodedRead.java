package dev.earshot.internal.connection;

import dev.earshot.Connection;
import dev.earshot.Received;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A read of a message of which something is made before anybody is told. */
final class DecodedRead {
  private DecodedRead() {}

  /**
   * Adds a read to {@code reads} and gives what {@code decoder} makes of what it brings. The
   * decoder is bound to the read first, so that it is called on the queue, where reads complete one
   * after the other.
   */
  static <T> CompletableFuture<T> of(Connection.Decoder<? extends T> decoder, ReceiveQueue reads) {
    Objects.requireNonNull(decoder, "decoder");
    CompletableFuture<T> value = new CompletableFuture<>();
    Read read = Read.message();
    read.whenComplete(
        (message, failure) -> {
          if (failure != null) {
            value.completeExceptionally(failure);
          } else {
            complete(value, decoder, message);
          }
        });
    value.whenComplete((made, failure) -> read.cancel(false));
    reads.add(read);
    return value;
  }

  private static <T> void complete(
      CompletableFuture<T> value, Connection.Decoder<? extends T> decoder, Received message) {
    T made;
    try {
      made = decoder.decode(message);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      value.completeExceptionally(interrupted);
      return;
    } catch (Exception | Error thrown) { // somebody waits for it, whatever it is
      value.completeExceptionally(thrown);
      return;
    }
    value.complete(made);
  }
}
