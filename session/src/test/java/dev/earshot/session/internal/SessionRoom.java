package dev.earshot.session.internal;

import dev.earshot.Endpoint;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.Session;
import dev.earshot.testing.MemoryRoom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** Computers with sessions on them, in virtual time. */
final class SessionRoom implements AutoCloseable {
  static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes();

  final MemoryRoom room;
  private final List<Member> members = new ArrayList<>();

  SessionRoom(long seed) {
    room = new MemoryRoom(seed);
  }

  /** One more computer with a session, whose id begins with {@code number}; not started. */
  Member member(int number, String name, UnaryOperator<Session.Builder> options) {
    String address = "10.0.0." + (members.size() + 1);
    Member member = new Member(room.computer(address), address, number, name, options);
    members.add(member);
    return member;
  }

  /** The same with a key that all share. */
  Member member(int number, String name) {
    return member(number, name, builder -> builder);
  }

  static Security key(String identity, byte[] key) {
    return Security.psk(PreSharedKey.of(identity, key));
  }

  void pass(Duration time) {
    room.time().advance(time);
  }

  void until(BooleanSupplier condition) {
    if (!room.time().runUntil(condition, Duration.ofMinutes(2))) {
      throw new AssertionError(
          "not within two minutes: "
              + members.stream().map(m -> m + " " + m.seen.peers + m.seen.failures).toList());
    }
  }

  void untilConnected(Member... all) {
    until(() -> Arrays.stream(all).allMatch(one -> one.knowsAll(all)));
  }

  @Override
  public void close() {
    members.forEach(member -> room.close(member.session));
    room.close();
  }

  /** A computer with a session. */
  static final class Member {
    final MemoryRoom.Computer computer;
    final String address;
    final Peer self;
    final RecordingSession seen = new RecordingSession();
    final Session session;

    Member(
        MemoryRoom.Computer computer,
        String address,
        int number,
        String name,
        UnaryOperator<Session.Builder> options) {
      this.computer = computer;
      this.address = address;
      this.self = new Peer(PeerId.of(new UUID((long) number << 56, number)), name);
      Session.Builder builder = new SessionBuilder(computer.network(), self);
      SessionOptions chosen =
          ((SessionBuilder) options.apply(builder.security(key("group", KEY)))).options();
      this.session =
          new LiveSession(chosen, new Switchboard.Tools(new Random(number), computer.workers()));
    }

    Member start() {
      session.start(seen, computer.queue());
      return this;
    }

    Endpoint endpoint() {
      return Endpoint.hostPort(address, session.port().orElseThrow());
    }

    boolean knowsAll(Member... all) {
      return Arrays.stream(all)
          .allMatch(other -> other == this || session.connectedPeers().contains(other.self));
    }

    @Override
    public String toString() {
      return self.displayName();
    }
  }
}
