import Cryptography

/// The Merkle tree over the nonces of one gathering (RFC 6962 section 2.1): one report answers many callers, and each
/// can see that the report was made for its own nonce without learning the others.
///
/// A leaf is SHA-256(0x00 || nonce), a node SHA-256(0x01 || left || right). Nodes are paired from the left; one left
/// over rises unpaired. The two prefixes keep a node from being taken for a leaf.
public struct NonceTree: Sendable {
    /// The hash at the top, 32 bytes.
    public let root: [UInt8]
    /// From the leaves upward; the last level is the root alone.
    private let levels: [[[UInt8]]]

    /// The tree over at least one nonce. Cost: two hashes a nonce.
    public init(_ nonces: [CallerNonce]) {
        precondition(!nonces.isEmpty, "a tree has a leaf")
        var levels = [nonces.map { NonceTree.leaf($0) }]
        while let level = levels.last, level.count > 1 {
            levels.append(NonceTree.parents(of: level))
        }
        self.levels = levels
        root = levels[levels.count - 1][0]
    }

    /// What shows that the nonce at `index` is under the root.
    public func path(at index: Int) -> InclusionPath {
        precondition(levels[0].indices.contains(index), "a leaf of this tree")
        var hashes: [[UInt8]] = []
        var position = index
        for level in levels.dropLast() {
            let sibling = position ^ 1
            if sibling < level.count { hashes.append(level[sibling]) }
            position /= 2
        }
        return InclusionPath(leafIndex: index, treeSize: levels[0].count, hashes: hashes)
    }

    static func leaf(_ nonce: CallerNonce) -> [UInt8] {
        SHA256.hash([0] + nonce.bytes)
    }

    static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        SHA256.hash([1] + left + right)
    }

    private static func parents(of level: [[UInt8]]) -> [[UInt8]] {
        stride(from: 0, to: level.count, by: 2).map { index in
            index + 1 < level.count ? node(level[index], level[index + 1]) : level[index]
        }
    }
}
