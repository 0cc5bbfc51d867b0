package dev.earshot.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Browser;
import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.Fingerprint;
import dev.earshot.HttpUpgrade;
import dev.earshot.LinkType;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkClock;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.QuicOptions;
import dev.earshot.RequestHandler;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.TcpOptions;
import dev.earshot.TrustEvaluator;
import dev.earshot.TxtRecord;
import dev.earshot.UdpOptions;
import dev.earshot.UpgradeResponse;
import dev.earshot.WebSocketOptions;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.Session;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** No public method takes null where it does not say so, and each names what was null. */
class NullArgumentsTest {
  private static final PreSharedKey KEY = PreSharedKey.random("null");
  private static final Parameters TCP = Parameters.tcp().build();

  private static final RequestHandler HANDLER =
      RequestHandler.of(
          request -> CompletableFuture.completedStage(UpgradeResponse.accept()), Runnable::run);

  /** Something to pass for the arguments that are not null, by their type. */
  private static final Map<Class<?>, Object> SAMPLES = samples();

  private final List<String> faults = new ArrayList<>();
  private int tried;

  private static Map<Class<?>, Object> samples() {
    Map<Class<?>, Object> samples = new LinkedHashMap<>();
    samples.put(String.class, "a");
    samples.put(Duration.class, Duration.ofSeconds(5));
    samples.put(Payload.class, Payload.utf8("a"));
    samples.put(Endpoint.class, Endpoint.hostPort("127.0.0.1", 9));
    samples.put(Parameters.class, TCP);
    samples.put(ServiceType.class, ServiceType.tcp("null"));
    samples.put(TxtRecord.class, TxtRecord.empty());
    samples.put(Security.class, Security.none());
    samples.put(PreSharedKey.class, KEY);
    samples.put(PskSource.class, PskSource.of(KEY));
    samples.put(Peer.class, Peer.named("null"));
    samples.put(PeerId.class, PeerId.random());
    samples.put(SendOptions.class, SendOptions.DEFAULT);
    samples.put(Executor.class, (Executor) Runnable::run);
    samples.put(RequestHandler.class, HANDLER);
    samples.put(RequestHandler.Decision.class, HANDLER.decision());
    samples.put(Runnable.class, (Runnable) () -> {});
    samples.put(Collection.class, List.of());
    samples.put(List.class, List.of());
    samples.put(Set.class, Set.of());
    samples.put(Map.class, Map.of());
    samples.put(Optional.class, Optional.empty());
    samples.put(byte[].class, new byte[32]);
    samples.put(String[].class, new String[] {"a"});
    samples.put(Service.class, Service.of("a", ServiceType.tcp("null")));
    samples.put(LinkType.class, LinkType.WIFI);
    samples.put(LinkType[].class, new LinkType[] {LinkType.WIFI});
    samples.put(InetSocketAddress.class, new InetSocketAddress("127.0.0.1", 9));
    samples.put(int.class, 1);
    samples.put(long.class, 1L);
    samples.put(boolean.class, true);
    samples.put(byte.class, (byte) 1);
    samples.put(double.class, 1.0);
    return samples;
  }

  @Test
  void buildersAndFactoriesNameWhatIsNull() {
    try (Network network = Network.open()) {
      NetworkLink link = network.links().get(0);
      SAMPLES.put(NetworkLink.class, link);
      walk(TcpOptions.Builder.class, TcpOptions.builder());
      walk(WebSocketOptions.Builder.class, WebSocketOptions.builder());
      walk(UdpOptions.Builder.class, UdpOptions.builder());
      walk(QuicOptions.Builder.class, QuicOptions.builder("a"));
      walk(Parameters.Builder.class, Parameters.webSocket());
      walk(TxtRecord.Builder.class, TxtRecord.builder());
      walk(Network.Builder.class, Network.builder());
      walk(Session.Builder.class, Session.builder(network, Peer.named("null")));
      for (Class<?> type :
          List.of(
              Endpoint.class,
              Fingerprint.class,
              HttpUpgrade.class,
              Parameters.class,
              Payload.class,
              PreSharedKey.class,
              PskSource.class,
              QuicOptions.class,
              RequestHandler.class,
              Security.class,
              Service.class,
              ServiceType.class,
              TxtRecord.class,
              UpgradeResponse.class,
              Peer.class,
              PeerId.class,
              Session.class)) {
        walk(type, null);
      }
    }
    report();
  }

  @Test
  void handlesAndValuesNameWhatIsNull() {
    try (Network network = Network.open()) {
      walk(Network.class, network);
      walk(NetworkClock.class, network.clock());
      walk(Connection.class, network.connection(Endpoint.hostPort("127.0.0.1", 9), TCP));
      Parameters quic =
          Parameters.quic("a").security(Security.pki(TrustEvaluator.system())).build();
      walk(ConnectionGroup.class, network.connectionGroup(Endpoint.hostPort("127.0.0.1", 9), quic));
      walk(Listener.class, network.listener(TCP));
      walk(Browser.class, network.browser(ServiceType.tcp("null"), TCP));
      Session session =
          Session.builder(network, Peer.named("null"))
              .security(Security.none())
              .withoutDiscovery()
              .build();
      walk(Session.class, session);
      walk(Payload.class, Payload.utf8("abcd"));
      walk(TxtRecord.class, TxtRecord.empty());
      walk(Service.class, Service.of("a", ServiceType.tcp("null")));
      walk(PeerId.class, PeerId.random());
      walk(PreSharedKey.class, KEY);
      walk(RequestHandler.class, HANDLER);
      walk(UpgradeResponse.class, UpgradeResponse.accept());
    }
    report();
  }

  private void report() {
    assertThat(faults).isEmpty();
    assertThat(tried).as("arguments tried").isGreaterThan(20);
  }

  /** Tries the static methods of {@code type}, or those of {@code target} if there is one. */
  private void walk(Class<?> type, @Nullable Object target) {
    for (Method method : type.getDeclaredMethods()) {
      boolean fits = Modifier.isStatic(method.getModifiers()) == (target == null);
      boolean asked = Modifier.isPublic(method.getModifiers()) && !method.isSynthetic();
      if (fits && asked && !method.getName().equals("equals")) {
        IntStream.range(0, method.getParameterCount())
            .filter(i -> !mayBeNull(method, i))
            .forEach(i -> tryNull(method, target, i));
      }
    }
  }

  private static boolean mayBeNull(Executable method, int index) {
    AnnotatedElement type = method.getAnnotatedParameterTypes()[index];
    return method.getParameterTypes()[index].isPrimitive()
        || type.isAnnotationPresent(Nullable.class);
  }

  private void tryNull(Method method, @Nullable Object target, int index) {
    String what = method.getDeclaringClass().getName() + "." + method.getName() + " #" + index;
    Object[] arguments = new Object[method.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      Parameter parameter = method.getParameters()[i];
      arguments[i] = i == index ? null : SAMPLES.get(parameter.getType());
    }
    tried++;
    try {
      method.setAccessible(true);
      method.invoke(target, arguments);
      faults.add(what + " takes null");
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getCause();
      boolean named =
          thrown instanceof NullPointerException
              && thrown.getMessage() != null
              && thrown.getMessage().matches("\\w+");
      if (!named) {
        faults.add(what + " throws " + thrown);
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      faults.add(what + " cannot be tried: " + e);
    }
  }
}
