package dev.earshot.discovery.mdns;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.MulticastSocket;
import java.util.Properties;
import javax.jmdns.impl.JmDNSImpl;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The two fields of jmDNS that {@link GuardedJmdns} has to reach behind its back, and the check
 * that this is the jmDNS that it was written for.
 *
 * <p>jmDNS is an automatic module, whose packages are open; so this works on the module path and on
 * the class path, without flags.
 */
final class JmdnsSeams {
  static final String VERSION = "3.6.5";
  private static final String PROPERTIES = "/META-INF/maven/org.jmdns/jmdns/pom.properties";

  static {
    // Here, where one thread comes at a time: SLF4J prints a complaint if two meet in its
    // beginning.
    LoggerFactory.getILoggerFactory();
  }

  private final Field socket;
  private final Field sendSocket;

  private JmdnsSeams(Field socket, Field sendSocket) {
    this.socket = socket;
    this.sendSocket = sendSocket;
  }

  /**
   * Looks whether jmDNS is what it has to be.
   *
   * @throws IllegalStateException if it is another version, or inside not as it was
   */
  static JmdnsSeams check() {
    String version = version();
    if (!VERSION.equals(version)) {
      throw new IllegalStateException(
          "earshot-discovery-mdns works with jmDNS " + VERSION + " only, and found " + version);
    }
    return new JmdnsSeams(field("_socket"), field("_sendSocket"));
  }

  private static @Nullable String version() {
    Properties properties = new Properties();
    try (InputStream in = JmDNSImpl.class.getResourceAsStream(PROPERTIES)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read which version jmDNS is", e);
    }
    return properties.getProperty(
        "version", JmDNSImpl.class.getPackage().getImplementationVersion());
  }

  private static Field field(String name) {
    try {
      Field field = JmDNSImpl.class.getDeclaredField(name);
      field.setAccessible(true);
      if (!MulticastSocket.class.isAssignableFrom(field.getType())) {
        throw new IllegalStateException("jmDNS " + VERSION + ": " + name + " is no socket");
      }
      return field;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException("jmDNS " + VERSION + " has no usable field " + name, e);
    }
  }

  /** The socket that is bound to port 5353 of every address. */
  MulticastSocket socket(JmDNSImpl dns) {
    return read(socket, dns);
  }

  /**
   * Closes the socket that is bound to port 5353 of one address. It is the most specific one, so
   * that all unicast packets for the port would go there, away from every other program of this
   * computer, and nothing ever reads it.
   */
  void closeSendSocket(JmDNSImpl dns) throws IllegalAccessException {
    MulticastSocket sender = (MulticastSocket) sendSocket.get(dns);
    if (sender != null) {
      sender.close();
      sendSocket.set(dns, null);
    }
  }

  private static MulticastSocket read(Field field, JmDNSImpl dns) {
    try {
      return (MulticastSocket) field.get(dns);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
