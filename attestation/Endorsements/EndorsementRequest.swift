import Primitives

/// One thing that AMD's key distribution service (KDS, AMD 57230 section 4) hands out. A VLEK certificate is none: AMD
/// gives it to the cloud only, so it has to come with the evidence.
public enum EndorsementRequest: Hashable, Sendable {
    /// The certificate of one chip at one TCB. It never changes. The chip's id has its significant bytes only.
    case vcek(Product, chipID: [UInt8], TCBVersion)
    /// The intermediate for a kind of key, and the root.
    case chain(Product, SigningKey)
    /// The root's revocation list, as published for a kind of key.
    case revocationList(Product, SigningKey)

    /// Where AMD's service answers.
    public static let service = "https://kdsintf.amd.com"

    /// The most that an answer to any of them may hold: lists have less than 1 KB, chains about 5.
    public static let maximumAnswerBytes = 64 * 1024

    /// What vouches for the key of `report` if that is a VCEK of `product`; nil if the host hides the chip.
    public static func vcek(of report: Report, _ product: Product) -> EndorsementRequest? {
        let chipID = Array(report.chipID.prefix(product.chipIDBytes))
        guard chipID.contains(where: { $0 != 0 }) else { return nil }
        return .vcek(product, chipID: chipID, report.reportedTCB)
    }

    /// The path and query below the service's address. From Turin on the FMC comes first.
    public var target: String {
        switch self {
        case .vcek(let product, let chipID, let tcb):
            let names: [TCBVersion.Component: String] = [
                .fmc: "fmcSPL", .bootloader: "blSPL", .tee: "teeSPL", .snp: "snpSPL", .microcode: "ucodeSPL",
            ]
            let versions = tcb.layout.components.map { "\(names[$0] ?? "")=\(tcb[$0] ?? 0)" }
            return "/vcek/v1/\(product.name)/\(Hex.encode(chipID))?\(versions.joined(separator: "&"))"
        case .chain(let product, let key): return "/\(EndorsementRequest.area(key))/v1/\(product.name)/cert_chain"
        case .revocationList(let product, let key): return "/\(EndorsementRequest.area(key))/v1/\(product.name)/crl"
        }
    }

    /// The name of the file that keeps the answer. It tells everything that the answer depends on.
    var fileName: String {
        switch self {
        case .vcek(let product, let chipID, let tcb):
            "vcek-\(product.rawValue)-\(Hex.encode(chipID))-\(Hex.encode(tcb.bytes)).der"
        case .chain(let product, let key): "chain-\(EndorsementRequest.area(key))-\(product.rawValue).pem"
        case .revocationList(let product, let key): "crl-\(EndorsementRequest.area(key))-\(product.rawValue).der"
        }
    }

    /// Whether the service counts it against its limit of VCEKs.
    var isVCEK: Bool {
        if case .vcek = self { true } else { false }
    }

    private static func area(_ key: SigningKey) -> String {
        key == .vlek ? "vlek" : "vcek"
    }
}
