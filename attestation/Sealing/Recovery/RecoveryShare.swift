public import Cryptography

/// One share of a split root: secret, and of no use to anybody who has fewer than k of its set.
public struct RecoveryShare: Sendable {
    /// Bytes of a set's id.
    public static let setIDBytes = 16

    /// Which set it belongs to.
    public let setID: [UInt8]
    /// From 1 to `count`.
    public let index: Int
    /// k.
    public let threshold: Int
    /// n.
    public let count: Int
    /// 32 bytes.
    public let value: Secret

    /// A share by parts that fit together.
    init(setID: [UInt8], index: Int, threshold: Int, count: Int, value: Secret) {
        precondition(
            setID.count == RecoveryShare.setIDBytes && (1...RecoverySet.maximumShares).contains(count)
                && (1...count).contains(threshold) && (1...count).contains(index)
                && value.count == RecoverySet.rootBytes, "a share's parts have fixed ranges")
        self.setID = setID
        self.index = index
        self.threshold = threshold
        self.count = count
        self.value = value
    }
}

extension RecoveryShare: CustomStringConvertible, CustomReflectable {
    /// What is public about it.
    public var description: String { "[recovery share \(index) of \(count), \(threshold) needed]" }
    /// No children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
