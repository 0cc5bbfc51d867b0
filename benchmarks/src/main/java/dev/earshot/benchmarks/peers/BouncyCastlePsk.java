package dev.earshot.benchmarks.peers;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Queue;
import org.bouncycastle.tls.BasicTlsPSKIdentity;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.PSKTlsClient;
import org.bouncycastle.tls.PSKTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;

/**
 * Bouncy Castle's TLS 1.2 with a pre-shared key (0x00A8), its own record layer on the JDK's
 * ciphers: the non-blocking protocol classes in a Netty handler.
 */
final class BouncyCastlePsk implements Protection {
  private static final int[] SUITES = {CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256};
  private static final byte[] IDENTITY = "benchmark".getBytes(StandardCharsets.US_ASCII);
  private static final int KEY_BYTES = 32;

  private final TlsCrypto crypto = new JcaTlsCryptoProvider().create(new SecureRandom());

  @Override
  public void serve(Channel channel) {
    TlsServerProtocol protocol = new TlsServerProtocol();
    channel.pipeline().addLast(new Records(protocol, () -> protocol.accept(new Server(crypto))));
  }

  @Override
  public void connect(Channel channel) {
    TlsClientProtocol protocol = new TlsClientProtocol();
    channel.pipeline().addLast(new Records(protocol, () -> protocol.connect(new Client(crypto))));
  }

  @Override
  public void farewell(Channel channel) {
    channel.close();
  }

  private interface Opening {
    void begin() throws IOException;
  }

  private static final class Server extends PSKTlsServer {
    Server(TlsCrypto crypto) {
      super(
          crypto,
          new TlsPSKIdentityManager() {
            @Override
            public byte[] getHint() {
              return null;
            }

            @Override
            public byte[] getPSK(byte[] identity) {
              return new byte[KEY_BYTES];
            }
          });
    }

    @Override
    protected int[] getSupportedCipherSuites() {
      return SUITES.clone();
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
      return ProtocolVersion.TLSv12.only();
    }
  }

  private static final class Client extends PSKTlsClient {
    Client(TlsCrypto crypto) {
      super(crypto, new BasicTlsPSKIdentity(IDENTITY, new byte[KEY_BYTES]));
    }

    @Override
    protected int[] getSupportedCipherSuites() {
      return SUITES.clone();
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
      return ProtocolVersion.TLSv12.only();
    }
  }

  /** Bytes in, through the protocol, to the next handler; and the other way. */
  private static final class Records extends ChannelDuplexHandler {
    private final TlsProtocol protocol;
    private final Opening opening;
    private final Queue<ByteBuf> early = new ArrayDeque<>();
    private boolean open;

    Records(TlsProtocol protocol, Opening opening) {
      this.protocol = protocol;
      this.opening = opening;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws IOException {
      opening.begin();
      send(context);
      context.flush();
      context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
      protocol.offerInput(taken((ByteBuf) message));
      if (!open && !protocol.isHandshaking()) {
        open = true;
        while (!early.isEmpty()) {
          protect(context, early.remove());
        }
      }
      send(context);
      context.flush();
      int count = protocol.getAvailableInputBytes();
      if (count > 0) {
        byte[] bytes = new byte[count];
        protocol.readInput(bytes, 0, count);
        context.fireChannelRead(context.alloc().buffer(count).writeBytes(bytes));
      }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
        throws IOException {
      if (open) {
        protect(context, (ByteBuf) message);
        send(context);
      } else {
        early.add((ByteBuf) message);
      }
    }

    private void protect(ChannelHandlerContext context, ByteBuf buffer) throws IOException {
      byte[] bytes = taken(buffer);
      protocol.writeApplicationData(bytes, 0, bytes.length);
    }

    private void send(ChannelHandlerContext context) {
      int count = protocol.getAvailableOutputBytes();
      if (count > 0) {
        byte[] bytes = new byte[count];
        protocol.readOutput(bytes, 0, count);
        context.write(context.alloc().directBuffer(count).writeBytes(bytes), context.voidPromise());
      }
    }

    private static byte[] taken(ByteBuf buffer) {
      byte[] bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
      buffer.release();
      return bytes;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      early.forEach(ReferenceCountUtil::release);
      early.clear();
    }
  }
}
