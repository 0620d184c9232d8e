/// The security versions of a platform's firmware (TCB_VERSION, AMD 56860 section 2.2): one number a component. Each
/// is compared by itself; as one integer they say nothing.
public struct TCBVersion: Hashable, Sendable {
    /// Where the components stand; it follows the processor, not the report's version.
    public enum Layout: Hashable, Sendable {
        /// Family 19h: bootloader, TEE, four reserved, SNP, microcode.
        case milan
        /// Family 1Ah: FMC, bootloader, TEE, SNP, three reserved, microcode.
        case turin
    }

    /// One part of the firmware.
    public enum Component: String, Hashable, Sendable, CaseIterable {
        /// The first mutable code, from Turin on.
        case fmc
        /// The security processor's boot loader.
        case bootloader
        /// The security processor's operating system.
        case tee
        /// The SNP firmware.
        case snp
        /// The lowest patch level of all cores.
        case microcode
    }

    /// Bytes of the field.
    public static let byteCount = 8

    /// The eight bytes, the first in the report's order in the low byte.
    public let rawValue: UInt64
    /// Where the components stand.
    public let layout: Layout

    /// A version as it stands in a report.
    public init(rawValue: UInt64, layout: Layout) {
        self.rawValue = rawValue
        self.layout = layout
    }

    /// A version by its components. `fmc` is left out where the layout has none.
    public init(
        fmc: UInt8 = 0, bootloader: UInt8, tee: UInt8, snp: UInt8, microcode: UInt8, layout: Layout
    ) {
        let values: [Component: UInt8] = [
            .fmc: fmc, .bootloader: bootloader, .tee: tee, .snp: snp, .microcode: microcode,
        ]
        self.layout = layout
        rawValue = layout.components.reduce(0) { $0 | UInt64(values[$1] ?? 0) << layout.shift(of: $1) }
    }

    /// The bytes in the report's order.
    public var bytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: rawValue >> (8 * UInt64($0))) }
    }

    /// One component; nil if the layout has none of that name.
    public subscript(_ component: Component) -> UInt8? {
        guard layout.components.contains(component) else { return nil }
        return UInt8(truncatingIfNeeded: rawValue >> layout.shift(of: component))
    }

    /// The components of the layout in which `self` lies above `other`.
    public func components(above other: TCBVersion) -> [Component] {
        layout.components.filter { (self[$0] ?? 0) > (other[$0] ?? 0) }
    }

    /// Whether every byte without a meaning is zero.
    public var reservedIsZero: Bool {
        layout.components.reduce(rawValue) { $0 & ~(0xFF << layout.shift(of: $1)) } == 0
    }
}

extension TCBVersion.Layout {
    /// The components that this layout has.
    public var components: [TCBVersion.Component] {
        switch self {
        case .milan: [.bootloader, .tee, .snp, .microcode]
        case .turin: [.fmc, .bootloader, .tee, .snp, .microcode]
        }
    }

    /// Bits to the right of a component.
    fileprivate func shift(of component: TCBVersion.Component) -> UInt64 {
        switch (self, component) {
        case (_, .microcode): 56
        case (.milan, .snp): 48
        case (.milan, .tee): 8
        case (.milan, .bootloader), (.milan, .fmc): 0
        case (.turin, .fmc): 0
        case (.turin, .bootloader): 8
        case (.turin, .tee): 16
        case (.turin, .snp): 24
        }
    }
}

extension TCBVersion: CustomStringConvertible {
    /// The components by name, `bootloader 4, tee 0, snp 24, microcode 219`.
    public var description: String {
        layout.components.map { "\($0.rawValue) \(self[$0] ?? 0)" }.joined(separator: ", ")
    }
}
