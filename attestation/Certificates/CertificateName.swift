import Cryptography

/// The role that AMD's common names give a certificate (AMD 57230).
enum CertificateName: Hashable, Sendable {
    /// `ARK-Milan`
    case root(Product)
    /// `SEV-Milan`, which issues VCEKs.
    case vcekIssuer(Product)
    /// `SEV-VLEK-Milan`, which issues VLEKs.
    case vlekIssuer(Product)
    /// `SEV-VCEK` or `SEV-VLEK`
    case vek(SigningKey)

    init?(_ name: DistinguishedName) {
        guard let text = name.commonName else { return nil }
        switch text {
        case "SEV-VCEK": self = .vek(.vcek)
        case "SEV-VLEK": self = .vek(.vlek)
        default:
            let roles: [(prefix: String, role: (Product) -> CertificateName)] = [
                ("ARK-", CertificateName.root), ("SEV-VLEK-", CertificateName.vlekIssuer),
                ("SEV-", CertificateName.vcekIssuer),
            ]
            guard let match = roles.first(where: { text.hasPrefix($0.prefix) }),
                let product = Product.allCases.first(where: { $0.name == text.dropFirst(match.prefix.count) })
            else { return nil }
            self = match.role(product)
        }
    }

    /// The name of the issuer of such keys.
    static func issuer(of key: SigningKey, _ product: Product) -> CertificateName? {
        switch key {
        case .vcek: .vcekIssuer(product)
        case .vlek: .vlekIssuer(product)
        case .unsigned: nil
        }
    }

    /// The product in the name, if there is one.
    var product: Product? {
        switch self {
        case .root(let product), .vcekIssuer(let product), .vlekIssuer(let product): product
        case .vek: nil
        }
    }
}
