package dev.earshot.benchmarks.peers;

import dev.earshot.Connection;
import dev.earshot.Payload;
import dev.earshot.benchmarks.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

/**
 * The serving side of an Earshot connection of bytes: counts where they are shown to it. Called by
 * one thread at a time.
 */
final class LentChunks implements Flow.Subscriber<ByteBuffer> {
  private final ChunkCount chunks;
  private final Connection connection;

  LentChunks(Workload workload, Connection connection) {
    this.chunks = new ChunkCount(workload);
    this.connection = connection;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(ByteBuffer lent) {
    try {
      chunks.take(lent, answer -> connection.send(Payload.wrap(answer)));
    } catch (IOException wrong) {
      throw new UncheckedIOException(wrong);
    }
  }

  @Override
  public void onError(Throwable cause) {
    connection.cancel();
  }

  @Override
  public void onComplete() {
    connection.cancel();
  }
}
