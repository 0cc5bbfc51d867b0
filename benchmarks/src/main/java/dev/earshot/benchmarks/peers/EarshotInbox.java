package dev.earshot.benchmarks.peers;

import dev.earshot.Connection;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Messages;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import java.util.concurrent.Flow;

/** Takes what an Earshot connection brings, as it comes. Called by one thread at a time. */
abstract class EarshotInbox implements Flow.Subscriber<Received> {

  /** A data message has arrived. */
  abstract void data(int length);

  /** A message of another kind has arrived. */
  abstract void other(Payload message);

  /** Nothing more will arrive. */
  abstract void ended(Throwable cause);

  /** One received content: a whole message, unless a subclass knows better. */
  void content(Payload content) {
    if (content.byteAt(0) == Messages.DATA) {
      data(content.length());
    } else {
      other(content);
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Received received) {
    if (!received.content().isEmpty()) {
      content(received.content());
    }
  }

  @Override
  public void onError(Throwable cause) {
    ended(cause);
  }

  @Override
  public void onComplete() {
    ended(null);
  }

  /** The connecting side: answers and echoes go to whoever waits for them. */
  static EarshotInbox into(Mailbox mailbox) {
    return new EarshotInbox() {
      @Override
      void data(int length) {
        throw new IllegalStateException("the server sent data");
      }

      @Override
      void other(Payload message) {
        mailbox.offer(message.toByteArray());
      }

      @Override
      void ended(Throwable cause) {
        mailbox.end(cause);
      }
    };
  }

  /** The serving side: counts data, sends echoes back, answers marks. */
  static EarshotInbox counting(Workload workload, Connection connection) {
    Tally tally = new Tally(workload);
    return new EarshotInbox() {
      @Override
      void data(int length) {
        tally.data(length);
      }

      @Override
      void other(Payload message) {
        boolean mark = message.byteAt(0) == Messages.MARK;
        connection.send(mark ? Payload.wrap(answer(message)) : message);
      }

      private byte[] answer(Payload mark) {
        return workload.lossy() ? tally.soFar(mark.toByteArray()) : tally.answer();
      }

      @Override
      void ended(Throwable cause) {
        connection.cancel();
      }
    };
  }

  /** Cuts a stream of bytes into messages of one length; gathers only those that are not data. */
  EarshotInbox cutting(int length) {
    EarshotInbox whole = this;
    return new EarshotInbox() {
      private byte kind;
      private byte[] gathered;
      private int position;

      @Override
      void content(Payload content) {
        int at = 0;
        while (at < content.length()) {
          if (position == 0) {
            kind = content.byteAt(at);
            gathered = kind == Messages.DATA ? null : new byte[length];
          }
          int taken = Math.min(length - position, content.length() - at);
          if (gathered != null) {
            content.copyTo(at, gathered, position, taken);
          }
          at += taken;
          position += taken;
          if (position == length) {
            position = 0;
            deliver();
          }
        }
      }

      private void deliver() {
        if (gathered == null) {
          whole.data(length);
        } else {
          whole.other(Payload.wrap(gathered));
        }
      }

      @Override
      void data(int ignored) {
        throw new UnsupportedOperationException("a cut message goes to the whole");
      }

      @Override
      void other(Payload ignored) {
        throw new UnsupportedOperationException("a cut message goes to the whole");
      }

      @Override
      void ended(Throwable cause) {
        whole.ended(cause);
      }
    };
  }
}
