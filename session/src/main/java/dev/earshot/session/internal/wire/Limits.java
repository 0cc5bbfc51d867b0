package dev.earshot.session.internal.wire;

/** The limits of version 1 of the protocol, in bytes unless it says otherwise. */
public final class Limits {
  /** Any body but a message. */
  public static final int CONTROL_BODY = 4_096;

  /** What an envelope may have beside the content of its message. */
  public static final int ENVELOPE_OVERHEAD = 4_096;

  /** The largest message where a hello does not say. */
  public static final int DEFAULT_MESSAGE = 16 << 20;

  /** Text for people. */
  public static final int TEXT = 1_024;

  /** The name of a resource. */
  public static final int RESOURCE_NAME = 1_024;

  /** A media type. */
  public static final int MEDIA_TYPE = 255;

  /** How many features a hello names. */
  public static final int FEATURES = 32;

  /** The name of a feature. */
  public static final int FEATURE = 32;

  /** The token of a side stream. */
  public static final int TOKEN = 16;

  /** The secret of a side stream. */
  public static final int SECRET = 32;

  /** A SHA-256 digest. */
  public static final int SHA256 = 32;

  private Limits() {}
}
