package dev.earshot.transport.netty;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stage whose socket is the test: keeps what is written, and says what the test says. */
final class ScriptedStage implements ByteStage {
  final ByteArrayOutputStream written = new ByteArrayOutputStream();
  final List<String> calls = new ArrayList<>();
  final List<Integer> writes = new ArrayList<>();
  final List<Runnable> unsent = new ArrayList<>();
  boolean writable = true;
  boolean sendsAtOnce = true;
  boolean reading;
  boolean givesRoom = true;
  boolean takesTails;
  int tails;
  int flushes;
  Runnable onRead = () -> {};
  private Above above;

  String text() {
    return written.toString(StandardCharsets.ISO_8859_1);
  }

  /** The peer sends; the stage has been asked to read. */
  void arrive(byte[] bytes) {
    if (!reading) {
      throw new AssertionError("nobody asked for bytes");
    }
    reading = false;
    int room = givesRoom ? above.room() : 0;
    byte[] array = new byte[room + bytes.length];
    System.arraycopy(bytes, 0, array, room, bytes.length);
    above.bytes(array, room, array.length);
  }

  void arrive(String text) {
    arrive(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void end() {
    if (!reading) {
      throw new AssertionError("nobody asked for bytes");
    }
    reading = false;
    above.ended();
  }

  void fail(Throwable cause) {
    above.failed(cause);
  }

  void makeWritable() {
    writable = true;
    above.writable();
  }

  void sent() {
    List<Runnable> tasks = List.copyOf(unsent);
    unsent.clear();
    tasks.forEach(Runnable::run);
  }

  @Override
  public void attach(Above newAbove) {
    above = newAbove;
  }

  @Override
  public void read() {
    reading = true;
    onRead.run();
  }

  @Override
  public void write(byte[] bytes, int from, int to) {
    written.write(bytes, from, to - from);
    writes.add(to - from);
  }

  @Override
  public boolean takesTails() {
    return takesTails;
  }

  @Override
  public void write(byte[] bytes, int from, int to, @Nullable ByteBuffer tail) {
    byte[] shown = new byte[tail.remaining()];
    tail.get(shown);
    written.write(bytes, from, to - from);
    written.writeBytes(shown);
    writes.add(to - from + shown.length);
    tails++;
  }

  @Override
  public void flush() {
    flushes++;
  }

  @Override
  public boolean isWritable() {
    return writable;
  }

  @Override
  public void whenSent(Runnable task) {
    unsent.add(task);
    if (sendsAtOnce) {
      sent();
    }
  }

  @Override
  public void finish() {
    calls.add("finish");
  }

  @Override
  public void leave(boolean peerFirst) {
    calls.add(peerFirst ? "leave after the peer" : "leave");
  }

  @Override
  public void abort() {
    calls.add("abort");
  }
}
