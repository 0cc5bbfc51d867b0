package dev.earshot.examples.control;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Framer;
import dev.earshot.TypedMessages;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The first stream of a QUIC group, opened by the side that dials. Each side says hello, first of
 * all, and goodbye, last of all; what a group carries otherwise goes over other streams.
 */
public final class ControlStream {
  /** The framer of every stream of the group. */
  public static final Framer FRAMER = Framer.tlv(1, 2);

  private final ConnectionGroup group;
  private final TypedMessages<Word> words;
  private final String peerId;

  private ControlStream(ConnectionGroup group, TypedMessages<Word> words, String peerId) {
    this.group = group;
    this.words = words;
    this.peerId = peerId;
  }

  /** Opens the control stream of a group that was dialled, and greets the other side. */
  public static CompletableFuture<ControlStream> open(ConnectionGroup group, String ownId) {
    return greet(group, group.openStream().start(), ownId);
  }

  /** Takes the first stream of a group that has arrived for its control stream. */
  public static CompletableFuture<ControlStream> take(
      ConnectionGroup group, Connection first, String ownId) {
    return greet(group, first.start(), ownId);
  }

  private static CompletableFuture<ControlStream> greet(
      ConnectionGroup group, Connection stream, String ownId) {
    // docs: control
    TypedMessages<Word> words = TypedMessages.over(stream, new Word.WordCoder());
    words.send(new Word.Hello(ownId));
    return words
        .receive()
        .thenApply(
            word -> {
              if (word.orElse(null) instanceof Word.Hello hello) {
                return new ControlStream(group, words, hello.peerId());
              }
              group.cancel();
              throw new IllegalStateException(group.endpoint() + " began with " + word);
            });
    // docs: end
  }

  /** Who is at the other side, as it says. */
  public String peerId() {
    return peerId;
  }

  /** The last word of the other side; none if it went without. */
  public CompletableFuture<Optional<Word.Goodbye>> goodbye() {
    return words
        .receive()
        .handle(
            (word, failure) ->
                failure == null && word.orElse(null) instanceof Word.Goodbye goodbye
                    ? Optional.of(goodbye)
                    : Optional.empty());
  }

  /** Says goodbye and ends the group. What was sent before leaves first. */
  public CompletableFuture<Void> leave(int error, String message) {
    return words
        .send(new Word.Goodbye(error, message))
        .handle((sent, failure) -> group.cancel())
        .thenCompose(cancelled -> cancelled);
  }
}
