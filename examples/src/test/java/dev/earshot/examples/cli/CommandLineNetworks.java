package dev.earshot.examples.cli;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;

/** The name of this computer's loopback interface, {@code lo} or {@code lo0}. */
final class CommandLineNetworks {
  private CommandLineNetworks() {}

  static String loopback() {
    try {
      for (NetworkInterface link : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (link.isLoopback()) {
          return link.getName();
        }
      }
    } catch (SocketException e) {
      throw new AssertionError("the interfaces cannot be listed", e);
    }
    throw new AssertionError("there is no loopback interface");
  }
}
