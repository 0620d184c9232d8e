/// An authority of AMD's chain.
package enum FixtureRole: String, Hashable, Sendable, CaseIterable {
    /// The root.
    case ark
    /// Signs VCEKs.
    case ask
    /// Signs VLEKs.
    case asvk

    /// The common name in a product's certificates.
    package func commonName(_ product: FixtureProduct) -> String {
        switch self {
        case .ark: "ARK-" + product.chainName
        case .ask: "SEV-" + product.chainName
        case .asvk: "SEV-VLEK-" + product.chainName
        }
    }
}
