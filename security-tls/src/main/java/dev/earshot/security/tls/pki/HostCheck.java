package dev.earshot.security.tls.pki;

import dev.earshot.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.util.IPAddress;

/**
 * Whether a certificate is made out to a host (RFC 9525): by its subject alternative names only,
 * since common names mean nothing any more.
 */
public final class HostCheck {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final Pattern NAME =
      Pattern.compile(
          "([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)(\\.[A-Za-z0-9_]"
              + "([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\\.?");

  private HostCheck() {}

  /**
   * What a server at {@code endpoint} is called, if that is a name (RFC 6066, section 3): without
   * the dot that may end it, and never an address.
   */
  public static Optional<String> serverName(Endpoint endpoint) {
    return Optional.of(endpoint)
        .filter(Endpoint.HostPort.class::isInstance)
        .map(host -> ((Endpoint.HostPort) host).host())
        .filter(HostCheck::isName)
        .map(name -> name.endsWith(".") ? name.substring(0, name.length() - 1) : name);
  }

  /** Whether {@code text} has the form of a host name. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches() && !IPAddress.isValid(text);
  }

  /** Whether {@code certificate} is made out to {@code host}, a name or a numeric address. */
  static boolean matches(X509Certificate certificate, String host) {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return false; // names that cannot be read are nobody's
    }
    if (names == null) {
      return false;
    }
    String numeric = withoutScope(host);
    boolean address = IPAddress.isValid(numeric);
    for (List<?> name : names) {
      int type = (Integer) name.get(0);
      if (address && type == IP_ADDRESS && sameAddress(numeric, (String) name.get(1))) {
        return true;
      }
      if (!address && type == DNS_NAME && sameName(host, (String) name.get(1))) {
        return true;
      }
    }
    return false;
  }

  /**
   * RFC 9525, 6.3: label by label; a wildcard is the whole of the first label and stands for one.
   */
  private static boolean sameName(String host, String certified) {
    String asked = normal(host);
    String presented = normal(certified);
    if (presented.equals(asked)) {
      return isName(presented);
    }
    int firstDot = asked.indexOf('.');
    if (!presented.startsWith("*.") || firstDot < 1) {
      return false;
    }
    String rest = presented.substring(2);
    // At least two labels after the star: nobody is certified for all of a top-level domain.
    return rest.equals(asked.substring(firstDot + 1)) && rest.indexOf('.') > 0 && isName(rest);
  }

  private static String normal(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /** Both are numeric, so that nothing is looked up. */
  private static boolean sameAddress(String asked, String certified) {
    try {
      return IPAddress.isValid(certified)
          && InetAddress.getByName(asked).equals(InetAddress.getByName(certified));
    } catch (UnknownHostException e) {
      return false; // a form that the JDK does not read
    }
  }

  /** RFC 4007: the scope of an address means something on one computer only. */
  private static String withoutScope(String host) {
    int percent = host.indexOf('%');
    return percent < 0 ? host : host.substring(0, percent);
  }
}
