import Primitives

/// The hashes that lead from one nonce up to the root of its `NonceTree`.
public struct InclusionPath: Hashable, Sendable {
    /// The largest tree that is believed: far above what a gathering holds, and it bounds the path.
    public static let maximumTreeSize = 1 << 20

    /// Which leaf the nonce is, from 0.
    public let leafIndex: Int
    /// How many leaves the tree has.
    public let treeSize: Int
    /// Siblings from the leaf upward, 32 bytes each.
    public let hashes: [[UInt8]]

    /// A path from its parts, which need not fit one another: `root(over:)` tells.
    public init(leafIndex: Int, treeSize: Int, hashes: [[UInt8]]) {
        self.leafIndex = leafIndex
        self.treeSize = treeSize
        self.hashes = hashes
    }

    /// The root that this path leads to from `nonce` (RFC 9162 section 2.1.3.2); nil if the path has not the very
    /// shape of a path in a tree of this size.
    public func root(over nonce: CallerNonce) -> [UInt8]? {
        guard (1...InclusionPath.maximumTreeSize).contains(treeSize), (0..<treeSize).contains(leafIndex) else {
            return nil
        }
        var hash = NonceTree.leaf(nonce)
        var rest = hashes[...]
        var (position, last) = (leafIndex, treeSize - 1)
        while last > 0 {
            if position % 2 == 1 {
                guard let sibling = InclusionPath.take(&rest) else { return nil }
                hash = NonceTree.node(sibling, hash)
            } else if position < last {
                guard let sibling = InclusionPath.take(&rest) else { return nil }
                hash = NonceTree.node(hash, sibling)
            }
            position /= 2
            last /= 2
        }
        return rest.isEmpty ? hash : nil
    }

    private static func take(_ hashes: inout ArraySlice<[UInt8]>) -> [UInt8]? {
        guard let hash = hashes.popFirst(), hash.count == 32 else { return nil }
        return hash
    }
}

extension InclusionPath {
    /// `{"leafIndex":…,"treeSize":…,"path":[hex, …]}`
    var json: JSON {
        [
            "leafIndex": .integer(Int64(leafIndex)), "treeSize": .integer(Int64(treeSize)),
            "path": .array(hashes.map { .string(Hex.encode($0)) }),
        ]
    }

    /// Reads what `json` writes; nil for anything else.
    init?(json: JSON) {
        guard let index = json["leafIndex"]?.integer, let size = json["treeSize"]?.integer,
            let texts = json["path"]?.array, texts.count <= 32
        else { return nil }
        var hashes: [[UInt8]] = []
        for text in texts {
            guard let hash = text.string.flatMap({ WireHex.decode($0, count: 32) }) else { return nil }
            hashes.append(hash)
        }
        self.init(leafIndex: Int(index), treeSize: Int(size), hashes: hashes)
    }
}
