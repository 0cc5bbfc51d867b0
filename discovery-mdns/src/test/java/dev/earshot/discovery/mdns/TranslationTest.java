package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.discovery.mdns.DnsMessage.Question;
import java.util.List;
import org.junit.jupiter.api.Test;

class TranslationTest {
  private static final ServiceType TYPE = ServiceType.tcp("chat");
  private static final DnsName TYPE_NAME = ServiceNames.of(TYPE);
  private static final DnsName HOST = ServiceNames.ofHost("0123456789abcdef");
  private static final DnsName OTHER_HOST = ServiceNames.ofHost("fedcba9876543210");
  private static final String NAME = "v1.2 Küche \\ 😀";

  private final Translation translation = new Translation(HOST, 3_600);
  private final JmdnsService service =
      new JmdnsService(
          7, new Engine.Publishing(new NameLadder(NAME, 1), 1, TYPE, 4242, TxtRecord.empty()));

  TranslationTest() {
    translation.add(service);
  }

  @Test
  void realNamesGoOutForAliases() {
    DnsMessage out =
        translation.outgoing(
            response(
                DnsRecord.pointer(TYPE_NAME, 3_600, TYPE_NAME.under("e7")),
                server(TYPE_NAME.under("e7"), HOST, 3_600)),
            false);

    assertThat(out.answers())
        .containsExactly(
            DnsRecord.pointer(TYPE_NAME, 120, TYPE_NAME.under(NAME)),
            server(TYPE_NAME.under(NAME), HOST, 120));
  }

  @Test
  void aNumberedAliasIsANumberedName() {
    DnsMessage out =
        translation.outgoing(response(server(TYPE_NAME.under("e7 (3)"), HOST, 3_600)), false);

    assertThat(out.answers().get(0).name()).isEqualTo(TYPE_NAME.under(NAME + " (3)"));
  }

  @Test
  void goodbyesStayGoodbyesAndOneShotAnswersAreShortLived() {
    DnsMessage goodbye = response(server(TYPE_NAME.under("e7"), HOST, 0));
    DnsMessage answer = response(server(TYPE_NAME.under("e7"), HOST, 3_600));

    assertThat(translation.outgoing(goodbye, false).answers().get(0).isGoodbye()).isTrue();
    assertThat(translation.outgoing(answer, true).answers().get(0).timeToLive()).isEqualTo(10);
  }

  @Test
  void questionsAboutOurselvesComeInUnderAliases() {
    DnsMessage in =
        translation
            .incoming(
                query(
                    new Question(TYPE_NAME.under(NAME), DnsRecord.SRV, true),
                    new Question(TYPE_NAME, DnsRecord.PTR, false),
                    new Question(HOST, DnsRecord.A, false),
                    new Question(OTHER_HOST, DnsRecord.A, false),
                    new Question(DnsName.of("_ipp", "_tcp", "local"), DnsRecord.PTR, false)))
            .orElseThrow();

    assertThat(in.questions())
        .containsExactly(
            new Question(TYPE_NAME.under("e7"), DnsRecord.SRV, true),
            new Question(TYPE_NAME, DnsRecord.PTR, false),
            new Question(HOST, DnsRecord.A, false));
  }

  @Test
  void questionsAboutOthersDoNotComeIn() {
    DnsMessage other = query(new Question(TYPE_NAME.under("Loft"), DnsRecord.SRV, false));
    DnsMessage alias = query(new Question(TYPE_NAME.under("e7"), DnsRecord.SRV, false));

    assertThat(translation.incoming(other)).isEmpty();
    assertThat(translation.incoming(alias)).as("aliases are nobody's business").isEmpty();
  }

  @Test
  void knownAnswersAboutUsComeInWithTheTimesThatTheEngineThinksIn() {
    DnsMessage query =
        DnsMessage.query(
            List.of(new Question(TYPE_NAME, DnsRecord.PTR, false)),
            List.of(
                DnsRecord.pointer(TYPE_NAME, 90, TYPE_NAME.under("Loft")),
                DnsRecord.pointer(TYPE_NAME, 90, TYPE_NAME.under(NAME))));

    assertThat(translation.incoming(query).orElseThrow().answers())
        .containsExactly(DnsRecord.pointer(TYPE_NAME, 90 * 30, TYPE_NAME.under("e7")));
  }

  @Test
  void claimsOfOthersToOurNameComeInWhateverTheirHostsAreCalled() {
    DnsMessage claim = response(server(TYPE_NAME.under(NAME), OTHER_HOST, 120));

    assertThat(translation.incoming(claim).orElseThrow().answers())
        .containsExactly(server(TYPE_NAME.under("e7"), ServiceNames.ofHost("elsewhere"), 120));
  }

  @Test
  void whatOthersKnowOfANeighbourWithOurNameDoesNotComeIn() {
    DnsMessage query =
        DnsMessage.query(
            List.of(new Question(TYPE_NAME.under(NAME), DnsRecord.SRV, false)),
            List.of(server(TYPE_NAME.under(NAME), OTHER_HOST, 120)));

    assertThat(translation.incoming(query).orElseThrow().answers()).isEmpty();
  }

  @Test
  void whatWeSayOurselvesIsNoClaim() {
    assertThat(translation.incoming(response(server(TYPE_NAME.under(NAME), HOST, 120)))).isEmpty();
  }

  @Test
  void foreignRecordsAndGoodbyesDoNotComeIn() {
    DnsMessage others =
        response(
            server(TYPE_NAME.under("Loft"), OTHER_HOST, 120),
            server(TYPE_NAME.under(NAME), OTHER_HOST, 0),
            DnsRecord.pointer(TYPE_NAME, 120, TYPE_NAME.under("Loft")));

    assertThat(translation.incoming(others)).isEmpty();
  }

  private static DnsMessage query(Question... questions) {
    return DnsMessage.query(List.of(questions), List.of());
  }

  private static DnsMessage response(DnsRecord... answers) {
    return new DnsMessage(0, 0x8400, List.of(), List.of(answers), List.of(), List.of());
  }

  private static DnsRecord server(DnsName name, DnsName host, long seconds) {
    return new DnsRecord(
        name, DnsRecord.SRV, true, seconds, new DnsRecord.Server(0, 0, 4242, host));
  }
}
