package dev.earshot.security.tls.pairing;

import io.nayuki.qrcodegen.QrCode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** A text as a QR code (ISO 18004), to be shown as a picture or in a terminal. Immutable. */
public final class QrPicture {
  /** Light modules around it, without which cameras do not find it. */
  private static final int MARGIN = 4;

  private static final int LARGEST_MODULE = 64;
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private final QrCode code;

  /**
   * The code for {@code text}.
   *
   * @throws IllegalArgumentException if it does not fit: 2,331 bytes do
   */
  public QrPicture(String text) {
    code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
  }

  /** Width and height in modules, with the margin. */
  private int size() {
    return code.size + 2 * MARGIN;
  }

  private boolean isDark(int x, int y) {
    return code.getModule(x - MARGIN, y - MARGIN); // light outside
  }

  /**
   * A PNG picture (RFC 2083), black on white.
   *
   * @param module the pixels along the side of a module, 1 to 64
   */
  public byte[] png(int module) {
    if (module < 1 || module > LARGEST_MODULE) {
      throw new IllegalArgumentException(
          "a module of " + module + " pixels, not 1 to " + LARGEST_MODULE);
    }
    try {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      file.write(PNG);
      chunk(file, "IHDR", header(size() * module));
      chunk(file, "IDAT", pixels(module));
      chunk(file, "IEND", new byte[0]);
      return file.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
  }

  private static byte[] header(int side) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(side);
    out.writeInt(side);
    out.write(new byte[] {1, 0, 0, 0, 0}); // one bit a pixel, grey; the only methods; no interlace
    return bytes.toByteArray();
  }

  private byte[] pixels(int module) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      for (int y = 0; y < size(); y++) {
        byte[] row = row(y, module);
        for (int i = 0; i < module; i++) {
          out.write(row);
        }
      }
    }
    return bytes.toByteArray();
  }

  /** A line of pixels, after the byte that says that it is not filtered; a set bit is white. */
  private byte[] row(int y, int module) {
    byte[] row = new byte[1 + (size() * module + 7) / 8];
    for (int pixel = 0; pixel < size() * module; pixel++) {
      if (!isDark(pixel / module, y)) {
        row[1 + pixel / 8] |= (byte) (0x80 >> pixel % 8);
      }
    }
    return row;
  }

  private static void chunk(ByteArrayOutputStream file, String type, byte[] content)
      throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 check = new CRC32();
    check.update(name);
    check.update(content);
    DataOutputStream out = new DataOutputStream(file);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) check.getValue());
  }

  /**
   * Lines of half blocks, two modules above each other in a character; a block is light, as on a
   * terminal that writes light on dark.
   */
  public String halfBlocks() {
    StringBuilder lines = new StringBuilder();
    for (int y = 0; y < size(); y += 2) {
      for (int x = 0; x < size(); x++) {
        boolean upper = !isDark(x, y);
        boolean lower = y + 1 < size() && !isDark(x, y + 1);
        lines.append(upper ? lower ? '\u2588' : '\u2580' : lower ? '\u2584' : ' ');
      }
      lines.append('\n');
    }
    return lines.toString();
  }
}
