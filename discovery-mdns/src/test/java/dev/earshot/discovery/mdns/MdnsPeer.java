package dev.earshot.discovery.mdns;

import dev.earshot.Browser;
import dev.earshot.Endpoint;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A discovery in a program of its own: one command a line on standard input, one event a line on
 * standard output, fields between tabs, UTF-8.
 *
 * <p>Commands: {@code advertise NAME PORT KEY=VALUE...}, {@code update NAME KEY=VALUE...}, {@code
 * withdraw NAME}, {@code browse}, {@code resolve NAME}, {@code reconfirm NAME}, {@code ask ADDRESS
 * NAME}, {@code quit}. Ends when its input does.
 */
final class MdnsPeer {
  private final ServiceType type;
  private final LinkFilter filter;
  private final Discovery discovery = new MdnsProvider().open(TestLinks.ofThisComputer());
  private final Map<String, Discovery.Advertisement> advertised = new HashMap<>();

  private MdnsPeer(ServiceType type, LinkFilter filter) {
    this.type = type;
    this.filter = filter;
  }

  /** Takes the service type, and the link's name. */
  public static void main(String[] arguments) throws Exception {
    MdnsPeer peer = new MdnsPeer(ServiceType.parse(arguments[0]), TestLinks.only(arguments[1]));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    say("ready");
    String line = in.readLine();
    while (line != null && !line.equals("quit")) {
      peer.obey(line.split("\t"));
      line = in.readLine();
    }
    long begun = System.nanoTime();
    peer.discovery.close();
    say("closed", Long.toString((System.nanoTime() - begun) / 1_000_000));
  }

  /** What starts it as a program of its own that browses and advertises {@code type}. */
  static List<String> command(String type, String link) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath =
        Stream.concat(
                Stream.of("target/classes", "target/test-classes").map(Path::of),
                Stream.of(TxtRecord.class, javax.jmdns.JmDNS.class, org.slf4j.Logger.class)
                    .map(MdnsPeer::location))
            .map(path -> path.toAbsolutePath().toString())
            .collect(Collectors.joining(System.getProperty("path.separator")));
    return List.of(
        java,
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        classPath,
        MdnsPeer.class.getName(),
        type,
        link);
  }

  private static Path location(Class<?> of) {
    try {
      return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void obey(String[] words) throws IOException {
    switch (words[0]) {
      case "advertise" ->
          advertised.put(
              words[1],
              discovery.advertise(
                  service(words[1], words, 3), Integer.parseInt(words[2]), filter, new Says("")));
      case "update" -> advertised.get(words[1]).update(service(words[1], words, 2));
      case "withdraw" -> advertised.remove(words[1]).cancel();
      case "browse" -> discovery.browse(type, true, filter, new Says(""));
      case "resolve" ->
          discovery.resolve(Endpoint.bonjour(words[1], type), filter, new Says(words[1]));
      case "ask" ->
          say("asked", words[1], askByUnicast(words[1], words[2]) ? "answered" : "in vain");
      case "reconfirm" -> discovery.reconfirm(Endpoint.bonjour(words[1], type));
      default -> say("unknown", words[0]);
    }
  }

  /** Asks the computer at {@code address} alone for the port of a service. */
  private boolean askByUnicast(String address, String name) throws IOException {
    DnsMessage.Question question =
        new DnsMessage.Question(ServiceNames.of(name, type), DnsRecord.SRV, false);
    byte[] query = DnsWriter.write(DnsMessage.query(List.of(question), List.of()));
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(3_000);
      socket.send(
          new DatagramPacket(query, query.length, InetAddress.getByName(address), Outbox.PORT));
      socket.receive(new DatagramPacket(new byte[9_000], 9_000));
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private Service service(String name, String[] words, int from) {
    TxtRecord.Builder txt = TxtRecord.builder();
    for (int i = from; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      txt.put(words[i].substring(0, equals), words[i].substring(equals + 1));
    }
    return Service.of(name, type).withTxtRecord(txt.build());
  }

  private static synchronized void say(String... words) {
    byte[] line = (String.join("\t", words) + "\n").getBytes(StandardCharsets.UTF_8);
    System.out.write(line, 0, line.length);
    System.out.flush();
  }

  /** Prints events: what came and went, rather than everything each time. */
  private static final class Says
      implements Discovery.AdvertiseEvents, Discovery.BrowseEvents, Discovery.ResolveEvents {
    private final String about;
    private Map<String, Browser.Result> known = Map.of();

    Says(String about) {
      this.about = about;
    }

    @Override
    public void results(java.util.Set<Browser.Result> results) {
      Map<String, Browser.Result> now = new TreeMap<>();
      results.forEach(r -> now.put(r.endpoint().name(), r));
      known.keySet().stream().filter(k -> !now.containsKey(k)).forEach(k -> say("removed", k));
      now.forEach(
          (name, result) -> {
            if (!result.equals(known.get(name))) {
              say(words(known.containsKey(name) ? "changed" : "added", name, result.txtRecord()));
            }
          });
      known = now;
    }

    private static String[] words(String event, String name, TxtRecord txt) {
      List<String> words = new ArrayList<>(List.of(event, name));
      txt.keys().forEach(key -> words.add(key + "=" + txt.value(key).orElse("")));
      return words.toArray(String[]::new);
    }

    @Override
    public void waiting(dev.earshot.NetworkException reason) {
      say("waiting", reason.getMessage());
    }

    @Override
    public void failed(dev.earshot.NetworkException cause) {
      say("failed", cause.getMessage());
    }

    @Override
    public void registered(Endpoint.Bonjour endpoint) {
      say("registered", endpoint.name());
    }

    @Override
    public void unregistered(Endpoint.Bonjour endpoint) {
      say("unregistered", endpoint.name());
    }

    @Override
    public void resolved(List<java.net.InetSocketAddress> addresses) {
      List<String> words = new ArrayList<>(List.of("resolved", about));
      addresses.forEach(a -> words.add(a.getAddress().getHostAddress() + " " + a.getPort()));
      say(words.toArray(String[]::new));
    }
  }
}
