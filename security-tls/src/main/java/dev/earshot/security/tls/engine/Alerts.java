package dev.earshot.security.tls.engine;

import dev.earshot.security.tls.record.RecordFormat;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;

/** Alerts (RFC 5246, section 7.2): their names, and their bytes where nothing protects them. */
public final class Alerts {
  private static final byte[] CLOSE = {AlertLevel.warning, AlertDescription.close_notify};
  private static final byte[] REFUSAL = {AlertLevel.warning, AlertDescription.no_renegotiation};

  private Alerts() {}

  /** The name of an alert for messages, such as {@code alert bad_record_mac(20)}. */
  public static String name(int description) {
    return "alert " + AlertDescription.getText((short) (description & 0xFF));
  }

  static byte[] closeNotify() {
    return CLOSE.clone();
  }

  static byte[] noRenegotiation() {
    return REFUSAL.clone();
  }

  static byte[] fatal(int description) {
    return new byte[] {AlertLevel.fatal, (byte) description};
  }

  /** {@code alert} as a record that nothing protects. */
  static byte[] plain(byte[] alert) {
    byte[] record = new byte[RecordFormat.HEADER_BYTES + alert.length];
    RecordFormat.putHeader(record, 0, RecordFormat.ALERT, alert.length);
    System.arraycopy(alert, 0, record, RecordFormat.HEADER_BYTES, alert.length);
    return record;
  }
}
