/// A family of EPYC processors that shares a root certificate and a layout of TCB_VERSION.
public enum Product: String, Hashable, Sendable, CaseIterable {
    /// Zen 3 servers.
    case milan
    /// Zen 4 servers, with Bergamo and Siena, which AMD certifies under the same root.
    case genoa
    /// Zen 5 servers.
    case turin
    /// Zen 6 servers: known by their CPUID; there is no root for them here, so their reports are never trusted.
    case venice

    /// The name in AMD's certificates and addresses.
    public var name: String {
        switch self {
        case .milan: "Milan"
        case .genoa: "Genoa"
        case .turin: "Turin"
        case .venice: "Venice"
        }
    }

    /// The product of a CPUID family and model, both combined values; nil if no product is known to have them.
    public init?(family: UInt8, model: UInt8) {
        switch (family, model) {
        case (0x19, 0x00...0x0F): self = .milan
        case (0x19, 0x10...0x1F), (0x19, 0xA0...0xAF): self = .genoa
        case (0x1A, 0x00...0x11): self = .turin
        case (0x1A, 0x50...0x57), (0x1A, 0x90...0xAF), (0x1A, 0xC0...0xC7): self = .venice
        default: return nil
        }
    }

    /// Where the components stand in a TCB_VERSION of this product.
    public var tcbLayout: TCBVersion.Layout {
        switch self {
        case .milan, .genoa: .milan
        case .turin, .venice: .turin
        }
    }

    /// Bytes of CHIP_ID that are significant, and of the hwID in a VCEK; the rest of CHIP_ID is zero.
    public var chipIDBytes: Int {
        switch self {
        case .milan, .genoa: 64
        case .turin, .venice: 8
        }
    }
}
