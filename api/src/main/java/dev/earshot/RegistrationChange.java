package dev.earshot;

/**
 * A change of what a listener advertises. More kinds may be added.
 *
 * <p>A listener whose name is taken is renamed: {@code Removed} with the old name, if that was
 * registered, then {@code Added} with the new one.
 */
public sealed interface RegistrationChange {
  /** The name that it is about, as it stands on the network. */
  Endpoint.Bonjour endpoint();

  /**
   * The service can be found under this name.
   *
   * @param endpoint the name
   */
  record Added(Endpoint.Bonjour endpoint) implements RegistrationChange {}

  /**
   * The service is no longer to be found under this name.
   *
   * @param endpoint the name
   */
  record Removed(Endpoint.Bonjour endpoint) implements RegistrationChange {}
}
