package dev.earshot.discovery.mdns;

import dev.earshot.Payload;
import dev.earshot.TxtRecord;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.jmdns.impl.ServiceInfoImpl;
import org.jspecify.annotations.Nullable;

/**
 * A service of ours inside jmDNS, where it goes by an alias.
 *
 * <p>jmDNS mangles names with dots, backslashes and characters outside the basic plane, and makes
 * names that are too long when it numbers them. So it gets to see {@code e7}, and {@code e7 (2)}
 * once that is taken; {@link Translation} puts the real names into the packets. Written on the
 * loop; the reader looks at names too.
 */
final class JmdnsService {
  private static final Pattern ALIAS = Pattern.compile("(e\\d+)(?: \\((\\d{1,6})\\))?");

  private final String alias;
  private final Engine.Publishing what;
  private final DnsName type;
  private final ServiceInfoImpl info;
  private volatile boolean announcedOnce;
  private volatile @Nullable Current current;

  JmdnsService(int number, Engine.Publishing what) {
    this.alias = "e" + number;
    this.what = what;
    this.type = ServiceNames.of(what.type());
    byte[] text = what.txtRecord().data().toByteArray();
    this.info = new Info(text);
  }

  /**
   * Answers as soon as the first announcement is out. jmDNS itself waits for the second, a second
   * later, and would not defend the name until then (RFC 6762, section 9).
   */
  private final class Info extends ServiceInfoImpl {
    Info(byte[] text) {
      super(type.toString(), alias, "", what.port(), 0, 0, false, text);
    }

    @Override
    public boolean isAnnounced() {
      return super.isAnnounced() || super.isAnnouncing() && announcedOnce;
    }
  }

  /** Whether the name it has now was announced, perhaps only once so far. */
  void announcedOnce(boolean so) {
    announcedOnce = so;
  }

  ServiceInfoImpl info() {
    return info;
  }

  /** Whether it is being withdrawn; another one may have its name by now. */
  boolean isLeaving() {
    return info.isCanceling() || info.isCanceled();
  }

  String alias() {
    return alias;
  }

  DnsName type() {
    return type;
  }

  int port() {
    return what.port();
  }

  void update(TxtRecord txtRecord) {
    info.setText(txtRecord.data().toByteArray());
  }

  /** What tells the network about its TXT record alone. */
  DnsMessage textAnnouncement() {
    DnsRecord text =
        new DnsRecord(
            wireName(),
            DnsRecord.TXT,
            true,
            Translation.TIME_TO_LIVE_SECONDS,
            new DnsRecord.Text(Payload.copyOf(info.getTextBytes())));
    return DnsMessage.response(List.of(text));
  }

  /** Where on the ladder it is now. */
  int step() {
    return current().step();
  }

  /** Its name on the network now. */
  DnsName wireName() {
    return current().wireName();
  }

  /** Asked for every record of every packet, and so worked out only when the alias changes. */
  private Current current() {
    String label = info.getName();
    Current known = current;
    if (known == null || !known.aliasLabel().equals(label)) {
      int step = step(label);
      known = new Current(label, step, type.under(what.names().name(step)));
      current = known;
    }
    return known;
  }

  /** What it is called, inside jmDNS and on the network. */
  private record Current(String aliasLabel, int step, DnsName wireName) {}

  /** Its name inside jmDNS now. */
  DnsName aliasName() {
    return type.under(info.getName());
  }

  /** The name on the network for an alias that this service has, or had. */
  DnsName wireName(String aliasLabel) {
    return type.under(what.names().name(step(aliasLabel)));
  }

  private int step(String aliasLabel) {
    Matcher matcher = ALIAS.matcher(aliasLabel);
    boolean numbered = matcher.matches() && matcher.group(2) != null;
    return what.step() + (numbered ? Integer.parseInt(matcher.group(2)) - 1 : 0);
  }

  /** The alias without number in {@code label}, or the label itself. */
  static String aliasIn(String label) {
    Matcher matcher = ALIAS.matcher(label);
    return matcher.matches() ? matcher.group(1) : label;
  }
}
