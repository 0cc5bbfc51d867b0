package dev.earshot.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One case of the conformance suite: what a peer sends to a program that echoes every message, and
 * what it has to get. Numbered as in the Autobahn Testsuite.
 */
final class Script {
  private final String name;
  private final List<Step> steps = new ArrayList<>();

  /** Something that the peer does. */
  private interface Step {
    void play(FramePeer peer) throws IOException;
  }

  Script(String number, String what) {
    name = number + " " + what;
  }

  /** Sends frames in one write. */
  Script sends(Frame... frames) {
    steps.add(peer -> peer.send(frames));
    return this;
  }

  /** Sends each frame in a write of its own. */
  Script sendsOneByOne(Frame... frames) {
    for (Frame frame : frames) {
      sends(frame);
    }
    return this;
  }

  /** Sends frames octet by octet. */
  Script sendsOctets(Frame... frames) {
    return sendsChopped(1, frames);
  }

  Script sendsChopped(int size, Frame... frames) {
    steps.add(peer -> peer.sendChopped(size, Frame.toByteArray(peer.isClient(), frames)));
    return this;
  }

  /** Sends a frame up to so many bytes of its payload, and nothing more of it. */
  Script sendsUpTo(int count, Frame frame) {
    steps.add(
        peer -> {
          byte[] bytes = frame.toByteArray(peer.isClient());
          int end = frame.headerLength(peer.isClient()) + count;
          peer.sendChopped(1, java.util.Arrays.copyOf(bytes, end));
        });
    return this;
  }

  /** Sends bytes that are no frame of one piece. */
  Script sendsBytes(byte[] fromClient, byte[] fromServer) {
    steps.add(peer -> peer.send(peer.isClient() ? fromClient : fromServer));
    return this;
  }

  /** Gets exactly these frames next. */
  Script hears(Frame... frames) {
    for (Frame frame : frames) {
      steps.add(peer -> assertThat(peer.read()).isEqualTo(frame));
    }
    return this;
  }

  /** The other side has said its last: it ends TCP, or lets a server do so first. */
  Script ends() {
    steps.add(FramePeer::readEnd);
    return this;
  }

  /** A close frame, its answer, and the end. */
  Script closes() {
    return sends(Frame.close(1000)).hears(Frame.close(1000)).ends();
  }

  /** The other side has found a violation. */
  Script isFailedWith(int code) {
    return hears(Frame.close(code)).ends();
  }

  /** Runs the case over an open connection. */
  void play(FramePeer peer) throws IOException {
    for (Step step : steps) {
      step.play(peer);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
