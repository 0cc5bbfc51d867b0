package dev.earshot.examples.cli;

import dev.earshot.Identity;
import java.nio.file.Path;
import java.util.HexFormat;

/** What a Swift program writes to show an identity to its peers, and to trust nobody but it. */
final class SwiftLines {
  private SwiftLines() {}

  static String of(Path file, Identity identity) {
    byte[] digest = identity.fingerprint().digest().toByteArray();
    String bytes = "0x" + HexFormat.ofDelimiter(", 0x").formatHex(digest);
    return """
        // Written after Apple's documentation; no Apple system was at hand to try it on.
        import CryptoKit
        import Network

        // The app that has %s: load it, and show it to peers.
        let p12 = try Data(contentsOf: URL(fileURLWithPath: "%s"))
        var items: CFArray?
        guard SecPKCS12Import(p12 as CFData,
                              [kSecImportExportPassphrase: password] as CFDictionary,
                              &items) == errSecSuccess,
              let item = (items as? [[String: Any]])?.first else { fatalError("wrong password") }
        let identity = item[kSecImportItemIdentity as String] as! SecIdentity
        let tls = NWProtocolTLS.Options()
        let options = tls.securityProtocolOptions
        sec_protocol_options_set_local_identity(options, sec_identity_create(identity)!)
        sec_protocol_options_set_peer_authentication_required(options, true)

        // The app that talks with it: trust this certificate and no other.
        let pin = Data([%s])
        sec_protocol_options_set_verify_block(options, { _, trust, complete in
            let chain = SecTrustCopyCertificateChain(sec_trust_copy_ref(trust).takeRetainedValue())
            guard let leaf = (chain as? [SecCertificate])?.first else { return complete(false) }
            complete(Data(SHA256.hash(data: SecCertificateCopyData(leaf) as Data)) == pin)
        }, queue)"""
        .formatted(file.getFileName(), file.getFileName(), bytes);
  }
}
