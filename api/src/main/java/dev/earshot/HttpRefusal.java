package dev.earshot;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The HTTP response with which a peer declined to upgrade: a redirection, a request for
 * credentials, an error. Nothing is followed or repeated by the library. Immutable.
 *
 * @param status the status code, such as 401
 * @param headers the response's headers, names in lower case; {@code location} and {@code
 *     www-authenticate} are what the peer chose to write
 */
public record HttpRefusal(int status, Map<String, List<String>> headers) {

  /** Copies the headers, with their names in lower case. */
  public HttpRefusal {
    headers = HttpText.lowerCase(headers);
  }

  /** The first value of the header {@code name}, whose case does not matter. */
  public Optional<String> header(String name) {
    return HttpText.first(headers, name);
  }
}
