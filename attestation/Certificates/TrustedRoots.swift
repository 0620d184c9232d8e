public import Cryptography
import Primitives

/// The root certificates that a verifier trusts, by SHA-256 of their DER. Other roots than AMD's come in only through
/// this type's initializer, which no configuration reaches: they are for tests and simulators.
public struct TrustedRoots: Sendable {
    /// AMD's roots for Milan, Genoa and Turin.
    public static let amd = TrustedRoots(
        pinnedSHA256: Set(AMDRoots.pins.values.compactMap { Hex.decode($0) }),
        certificates: AMDRoots.certificates.values.compactMap { Base64.decode($0) })

    private let pins: Set<[UInt8]>
    private let certificates: [X509Certificate]

    /// Trusts exactly the certificates whose DER has one of these SHA-256 digests, 32 bytes each. `certificates` (DER)
    /// stand in where evidence comes without its root; one that has no pin or cannot be read is left out.
    public init(pinnedSHA256 pins: Set<[UInt8]>, certificates: [[UInt8]] = []) {
        self.pins = pins
        self.certificates = certificates.compactMap { try? X509Certificate(der: $0) }.filter {
            pins.contains($0.sha256)
        }
    }

    /// Whether this very certificate is pinned.
    public func contains(_ certificate: X509Certificate) -> Bool {
        pins.contains(certificate.sha256)
    }

    /// The root for a product, if it is at hand.
    public func certificate(for product: Product) -> X509Certificate? {
        certificates.first { CertificateName($0.subject) == .root(product) }
    }
}
