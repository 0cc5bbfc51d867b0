package dev.earshot.architecture.samples.internal;

import io.nayuki.qrcodegen.QrCode;

/** Draws QR codes outside of security-tls. */
final class LeakingQrCode {
  QrCode code;
}
