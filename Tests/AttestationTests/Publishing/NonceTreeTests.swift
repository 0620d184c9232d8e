import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("Each caller sees its nonce under one root, and nobody another's place")
struct NonceTreeTests {
    private static func nonces(_ count: Int) throws -> [CallerNonce] {
        let random = SeededRandom(seed: UInt64(count))
        return try (0..<count).map { index in try #require(CallerNonce(random.bytes(16 + index % 49))) }
    }

    /// RFC 6962 section 2.1, word for word: split at the largest power of two below the size.
    private static func root(_ nonces: ArraySlice<CallerNonce>) throws -> [UInt8] {
        if nonces.count == 1 { return SHA256.hash([0] + (try #require(nonces.first)).bytes) }
        var split = 1
        while split * 2 < nonces.count { split *= 2 }
        let middle = nonces.startIndex + split
        return SHA256.hash([1] + (try root(nonces[..<middle])) + (try root(nonces[middle...])))
    }

    @Test("The root is that of RFC 6962, and every path leads to it", arguments: 1...40)
    func paths(count: Int) throws {
        let nonces = try NonceTreeTests.nonces(count)
        let tree = NonceTree(nonces)
        #expect(tree.root == (try NonceTreeTests.root(nonces[...])))
        for (index, nonce) in nonces.enumerated() {
            let path = tree.path(at: index)
            #expect(path.root(over: nonce) == tree.root)
            #expect(InclusionPath(json: path.json) == path)
        }
    }

    @Test("A path that was changed in any way leads nowhere or elsewhere", arguments: [2, 3, 7, 8, 13])
    func changed(count: Int) throws {
        let nonces = try NonceTreeTests.nonces(count)
        let tree = NonceTree(nonces)
        for (index, nonce) in nonces.enumerated() {
            let good = tree.path(at: index)
            var wrong: [InclusionPath] = [
                InclusionPath(leafIndex: index, treeSize: count, hashes: good.hashes + [tree.root]),
                InclusionPath(leafIndex: -1, treeSize: count, hashes: good.hashes),
                InclusionPath(leafIndex: count, treeSize: count, hashes: good.hashes),
                InclusionPath(leafIndex: index, treeSize: 0, hashes: good.hashes),
                InclusionPath(leafIndex: index, treeSize: InclusionPath.maximumTreeSize + 1, hashes: good.hashes),
            ]
            for position in good.hashes.indices {
                var hashes = good.hashes
                hashes[position][0] ^= 1
                wrong.append(InclusionPath(leafIndex: index, treeSize: count, hashes: hashes))
                hashes.remove(at: position)
                wrong.append(InclusionPath(leafIndex: index, treeSize: count, hashes: hashes))
                hashes = good.hashes
                hashes[position].append(0)
                wrong.append(InclusionPath(leafIndex: index, treeSize: count, hashes: hashes))
            }
            for path in wrong { #expect(path.root(over: nonce) != tree.root) }
            let other = nonces[(index + 1) % count]
            #expect(good.root(over: other) != tree.root)
        }
    }

    @Test(
        "A nonce has 16 to 64 bytes, in hex of either case",
        arguments: [(15, false), (16, true), (64, true), (65, false)])
    func lengths(count: Int, isGood: Bool) {
        let text = String(repeating: "aB", count: count)
        #expect((CallerNonce(hex: text) != nil) == isGood)
        #expect(CallerNonce(hex: text)?.hex == (isGood ? text.lowercased() : nil))
        #expect(CallerNonce(hex: "0x" + text) == nil)
        #expect(CallerNonce(hex: text + "a") == nil)
    }
}
