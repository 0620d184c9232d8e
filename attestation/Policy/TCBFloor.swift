/// The least security versions that a policy asks of a product. Microcode numbers belong to a model, so a floor may be
/// for one model only.
public struct TCBFloor: Hashable, Sendable {
    /// The product it speaks of.
    public let product: Product
    /// The CPUID model it speaks of; nil for all.
    public let model: UInt8?
    /// The least version of each component that is named.
    public let minimum: [TCBVersion.Component: UInt8]

    /// A floor from its parts.
    public init(product: Product, model: UInt8? = nil, minimum: [TCBVersion.Component: UInt8]) {
        self.product = product
        self.model = model
        self.minimum = minimum
    }

    /// Whether it speaks of this processor. Without a CPUID (version 2) the floors of every model do: an old report
    /// version must not be a way around them.
    func applies(to product: Product, model: UInt8?) -> Bool {
        self.product == product && (self.model == nil || model == nil || self.model == model)
    }

    /// Where `tcb` lies below it, in words; empty if nowhere. A component that the layout lacks counts as zero.
    func shortfalls(of tcb: TCBVersion, named name: String) -> [String] {
        TCBVersion.Component.allCases.compactMap { component in
            guard let least = minimum[component] else { return nil }
            let value = tcb[component] ?? 0
            return value < least ? "\(name) TCB: \(component.rawValue) \(value) is below \(least)" : nil
        }
    }
}
