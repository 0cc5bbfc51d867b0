package dev.earshot.security.tls.pki;

import dev.earshot.NetworkException;
import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.engine.Explanation;
import dev.earshot.security.tls.engine.HandshakeRole;
import dev.earshot.security.tls.engine.TlsEngine;
import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.security.tls.record.RecordProtection;
import dev.earshot.spi.StreamSecurity.SecuredStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * A side that shakes hands as it should, has the keys then, and does with them what no decent
 * implementation would. Not thread-safe.
 */
final class PkiInsider {
  final PkiSide side;
  private @Nullable RecordProtection keys;

  PkiInsider(PkiHandshake honest) {
    HandshakeRole watched =
        (HandshakeRole)
            Proxy.newProxyInstance(
                HandshakeRole.class.getClassLoader(),
                new Class<?>[] {HandshakeRole.class},
                (proxy, method, arguments) -> {
                  try {
                    Object result = method.invoke(honest, arguments);
                    if (result instanceof RecordProtection made) {
                      keys = made;
                    }
                    return result;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    side = new PkiSide(new Engine(new TlsEngine(watched)));
  }

  /** A record of {@code type} as only the peer could have made it. */
  byte[] seal(int type, byte[] content) {
    byte[] record = new byte[content.length + keys().sealer().overhead()];
    keys().sealer().seal(type, content, 0, content.length, record, 0);
    return record;
  }

  /** The contents of {@code records} from the other side, one after the other. */
  byte[] open(byte[] records) {
    ByteArrayOutputStream contents = new ByteArrayOutputStream();
    ByteBuffer source = ByteBuffer.wrap(records);
    while (source.hasRemaining()) {
      int type = source.get();
      source.getShort();
      byte[] body = new byte[source.getShort()];
      source.get(body);
      byte[] content = new byte[RecordFormat.MAXIMUM_CONTENT];
      try {
        int length = keys().opener().open(type, body, 0, body.length, content, 0);
        contents.writeBytes(Arrays.copyOf(content, length));
        if (keys().isTls13() && keys().opener().type() == RecordFormat.HANDSHAKE) {
          keys().opener().update(); // all that can come is a change of keys
        }
      } catch (AEADBadTagException e) {
        throw new AssertionError(e);
      }
    }
    return contents.toByteArray();
  }

  /** Goes on with new keys, in TLS 1.3. */
  void changeKeys() {
    keys().sealer().update();
  }

  private RecordProtection keys() {
    return Objects.requireNonNull(keys, "the handshake is not over");
  }

  /** As {@link PkiStream}, for a role that is not its own. */
  private static final class Engine implements SecuredStream {
    private final TlsEngine engine;

    Engine(TlsEngine engine) {
      this.engine = engine;
    }

    @Override
    public SSLEngine engine() {
      return engine;
    }

    @Override
    public SecurityMetadata metadata() {
      throw new UnsupportedOperationException("an insider knows");
    }

    @Override
    public NetworkException explain(Throwable cause) {
      return Explanation.of(cause, engine, "the victim");
    }
  }
}
