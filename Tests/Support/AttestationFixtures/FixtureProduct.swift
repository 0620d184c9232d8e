/// A processor as the fixtures know it.
package enum FixtureProduct: String, Hashable, Sendable, CaseIterable {
    case milan
    case genoa
    /// Shares Genoa's chain, not its processor number.
    case siena
    case turin

    /// The name in the certificates of AMD's chain.
    package var chainName: String {
        switch self {
        case .milan: "Milan"
        case .genoa, .siena: "Genoa"
        case .turin: "Turin"
        }
    }

    /// productName of a VCEK.
    package var productName: String { self == .milan ? "Milan-B0" : chainName }
    /// structVersion of a VEK.
    package var structureVersion: UInt64 { self == .turin ? 1 : 0 }
    /// Bytes of a chip id that are not always zero; hwID of a VCEK has as many.
    package var chipIDBytes: Int { self == .turin ? 8 : 64 }
    /// Whether the TCB begins with the FMC.
    package var hasFMC: Bool { self == .turin }

    /// Family, model and stepping, combined values.
    package var cpuid: [UInt8] {
        switch self {
        case .milan: [0x19, 0x01, 0x01]
        case .genoa: [0x19, 0x11, 0x01]
        case .siena: [0x19, 0xA0, 0x02]
        case .turin: [0x1A, 0x02, 0x01]
        }
    }

    /// Serial numbers of AMD's certificates by role.
    func serial(_ role: FixtureRole) -> UInt64 {
        let base: UInt64 =
            switch chainName {
            case "Milan": 0x10000
            case "Genoa": 0x20000
            default: 0x30000
            }
        return switch role {
        case .ark: base
        case .ask: base + (chainName == "Genoa" ? 2 : 1)
        case .asvk: base + 0x101
        }
    }
}
