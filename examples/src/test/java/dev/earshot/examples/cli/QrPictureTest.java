package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.security.tls.PairingLink;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pictures of a link, read by the JDK's reader of PNG and by ZXing. */
class QrPictureTest {
  private final PairingLink link =
      PairingLink.create(
          "K\u00FCche \uD83C\uDFE0", List.of(Endpoint.hostPort("fe80::1%eth0", 4242)));

  @ParameterizedTest
  @ValueSource(ints = {3, 8, 13})
  void thePictureIsReadAsTheLink(int module) throws Exception {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(link.qrPng(module)));
    assertThat(image.getWidth() % module).isZero();
    assertThat(QrReader.read(image)).isEqualTo(link.text());
  }

  @RepeatedTest(200)
  void everyKeyIsRead() throws Exception {
    PairingLink another = PairingLink.create("Kiosk", List.of(Endpoint.hostPort("::1", 4242)));
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(another.qrPng(2)));
    assertThat(QrReader.read(image)).isEqualTo(another.text());
  }

  /** ISO 18004 wants four light modules on every side: cameras find the code by them. */
  @Test
  void fourModulesAroundItAreLight() throws Exception {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(link.qrPng(1)));
    int side = image.getWidth();
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        boolean around = x < 4 || y < 4 || x >= side - 4 || y >= side - 4;
        assertThat(around && (image.getRGB(x, y) & 0xFFFFFF) == 0).isFalse();
      }
    }
    assertThat(image.getRGB(4, 4) & 0xFFFFFF).as("the corner of the code").isZero();
  }

  @Test
  void whatStandsOnTheTerminalIsReadAsTheLink() throws Exception {
    List<String> lines = link.qrText().lines().toList();
    int module = 6;
    int width = lines.get(0).length();
    BufferedImage image =
        new BufferedImage(width * module, width * module, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        char block = lines.get(y / (2 * module)).charAt(x / module);
        boolean upper = y / module % 2 == 0;
        boolean light = block == '\u2588' || block == (upper ? '\u2580' : '\u2584');
        image.setRGB(x, y, light ? 0xFFFFFF : 0);
      }
    }
    assertThat(lines).hasSize((width + 1) / 2).allSatisfy(line -> assertThat(line).hasSize(width));
    assertThat(QrReader.read(image)).isEqualTo(link.text());
  }
}
