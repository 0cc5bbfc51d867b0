package dev.earshot.examples.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the Autobahn Testsuite's fuzzing server is to a client, with the cases of our own suite. */
final class FuzzingServer implements AutoCloseable {
  private final List<Script> scripts;
  private final ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final List<String> visits = new CopyOnWriteArrayList<>();
  private final List<String> failures = new CopyOnWriteArrayList<>();

  FuzzingServer(List<Script> scripts) throws IOException {
    this.scripts = List.copyOf(scripts);
    Thread thread = new Thread(this::serve, "fuzzing-server");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return door.getLocalPort();
  }

  /** The paths that were asked for, in order. */
  List<String> visits() {
    return new ArrayList<>(visits);
  }

  /** Each case that was not passed, and why. */
  List<String> failures() {
    return new ArrayList<>(failures);
  }

  private void serve() {
    while (!door.isClosed()) {
      try (Socket socket = door.accept();
          FramePeer peer = FramePeer.accept(socket)) {
        String path = peer.head().split(" ", 3)[1];
        visits.add(path);
        scriptOf(path).play(peer);
      } catch (IOException | AssertionError e) {
        if (!door.isClosed()) {
          failures.add(visits.get(visits.size() - 1) + ": " + e);
        }
      }
    }
  }

  private Script scriptOf(String path) {
    if (path.equals("/getCaseCount")) {
      return new Script("", "").sends(Frame.text("" + scripts.size())).closes();
    }
    if (path.startsWith("/runCase?case=")) {
      String number = path.substring("/runCase?case=".length(), path.indexOf('&'));
      return scripts.get(Integer.parseInt(number) - 1);
    }
    return new Script("", "").closes();
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
