import Cryptography
import Primitives
import Testing

@testable import Ethereum

@Suite("Whether an account signed")
struct SignatureCheckTests {
    private static let digest = [UInt8](repeating: 0x42, count: 32)
    private static let contractCode = "0x6001"
    private static let delegated = "0xef0100" + String(repeating: "11", count: 20)

    private func key(_ number: UInt8) throws -> WalletKey {
        try #require(WalletKey(try Secret(copying: [UInt8](repeating: 0, count: 31) + [number])))
    }

    private func check(_ nodes: [ScriptedNode]) -> SignatureCheck {
        SignatureCheck(chains: [
            nodes.isEmpty ? ServedChain(id: 8_453) : ServedChain(Chain(id: 8_453, transports: nodes))
        ])
    }

    private func claim(
        _ account: Address, _ signature: [UInt8], chainID: UInt64? = nil, takesLowV: Bool = false
    ) -> SignatureClaim {
        SignatureClaim(
            account: account, digest: SignatureCheckTests.digest, signature: signature, chainID: chainID,
            takesLowV: takesLowV)
    }

    private func outcome(
        _ claim: SignatureClaim, _ nodes: ScriptedNode...
    ) async -> Result<SignatureProof, SignatureRefusal> {
        do throws(SignatureRefusal) { return .success(try await check(nodes).check(claim)) } catch {
            return .failure(error)
        }
    }

    @Test("A key's signature proves the key where no node is configured and where no code stands")
    func key() async throws {
        let key = try key(1)
        let claim = claim(key.address, key.sign(digest: SignatureCheckTests.digest).bytes)
        let proof = SignatureProof(account: key.address, holder: .key, isRevocable: false)
        #expect(await outcome(claim) == .success(proof))
        let node = ScriptedNode(.answers(code: "0x", says: false))
        #expect(await outcome(claim, node) == .success(proof))
        #expect(node.calls == ["eth_chainId", "eth_getCode"], "the signature does not leave the gateway")
    }

    @Test("With code at the address the key is not asked, even if it signed")
    func contractDecides() async throws {
        let key = try key(1)
        let claim = claim(key.address, key.sign(digest: SignatureCheckTests.digest).bytes)
        for code in [SignatureCheckTests.contractCode, SignatureCheckTests.delegated] {
            #expect(await outcome(claim, ScriptedNode(.answers(code: code, says: false))) == .failure(.invalid))
        }
        let asked = await outcome(claim, ScriptedNode(.answers(code: SignatureCheckTests.contractCode, says: true)))
        #expect(
            asked
                == .success(
                    SignatureProof(account: key.address, holder: .contract(chainID: 8_453), isRevocable: true)))
    }

    @Test("A delegating account is its key's only if the key signed as well: no node gets into a key's wallet")
    func delegation() async throws {
        let (key, other) = (try key(1), try key(2))
        let node = ScriptedNode(.answers(code: SignatureCheckTests.delegated, says: true))
        let own = claim(key.address, key.sign(digest: SignatureCheckTests.digest).bytes)
        #expect(
            await outcome(own, node)
                == .success(SignatureProof(account: key.address, holder: .key, isRevocable: true)))
        for signature in [other.sign(digest: SignatureCheckTests.digest).bytes, [1, 2, 3]] {
            #expect(
                await outcome(claim(key.address, signature), node)
                    == .success(
                        SignatureProof(account: key.address, holder: .contract(chainID: 8_453), isRevocable: true)))
        }
    }

    @Test("Another key, a wrong length, numbers out of range, low v where it is strict: each refused for what it is")
    func refusals() async throws {
        let (key, other) = (try key(1), try key(2))
        let signature = key.sign(digest: SignatureCheckTests.digest)
        let bytes = signature.bytes
        let low = Array(bytes.dropLast()) + [signature.v - 27]
        #expect(await outcome(claim(other.address, bytes)) == .failure(.otherSigner))
        #expect(await outcome(claim(key.address, [])) == .failure(.malformed))
        #expect(await outcome(claim(key.address, Array(bytes.dropLast()))) == .failure(.malformed))
        #expect(await outcome(claim(key.address, low)) == .failure(.invalid))
        #expect(await outcome(claim(key.address, bytes, chainID: 1)) == .failure(.chainNotServed))
        #expect(
            await outcome(claim(key.address, low, takesLowV: true))
                == .success(SignatureProof(account: key.address, holder: .key, isRevocable: false)))
        for v: UInt8 in [2, 26, 29, 255] {
            let odd = claim(key.address, Array(bytes.dropLast()) + [v], takesLowV: true)
            #expect(await outcome(odd) == .failure(.invalid))
        }
    }

    @Test("The longest signature is looked at, a longer one is not")
    func longest() async throws {
        let key = try key(1)
        let node = ScriptedNode(.answers(code: SignatureCheckTests.contractCode, says: false))
        let limit = SignatureCheck.maximumSignatureBytes
        for (count, refusal) in [(limit - 1, SignatureRefusal.invalid), (limit, .invalid), (limit + 1, .malformed)] {
            let signature = [UInt8](repeating: 1, count: count)
            #expect(await outcome(claim(key.address, signature), node) == .failure(refusal))
        }
    }

    @Test("A node that cannot be asked, errs, or says what cannot be leaves it open: unavailable, never invalid")
    func unavailable() async throws {
        let key = try key(1)
        let claim = claim(key.address, key.sign(digest: SignatureCheckTests.digest).bytes)
        let code = SignatureCheckTests.contractCode
        let nodes = [
            ScriptedNode(.isDown), ScriptedNode(.refuses), ScriptedNode(.answers(code: code, says: true), chainID: 1),
            ScriptedNode(.raw(code: "", call: "0x")), ScriptedNode(.raw(code: "0x6", call: "0x")),
            ScriptedNode(.raw(code: code, call: "0x")), ScriptedNode(.raw(code: code, call: "yes")),
            ScriptedNode(.raw(code: code, call: "0x1626ba7e" + String(repeating: "0", count: 56))),
        ]
        for node in nodes { #expect(await outcome(claim, node) == .failure(.unavailable)) }
    }

    @Test("Of several nodes two must agree; one that is down, hangs or lies changes nothing")
    func agreement() async throws {
        let key = try key(1)
        let claim = claim(key.address, [1])
        let code = SignatureCheckTests.contractCode
        func honest() -> ScriptedNode { ScriptedNode(.answers(code: code, says: false)) }
        func liar() -> ScriptedNode { ScriptedNode(.answers(code: code, says: true)) }
        #expect(await outcome(claim, honest(), honest()) == .failure(.invalid))
        #expect(await outcome(claim, honest(), liar()) == .failure(.unavailable))
        #expect(await outcome(claim, liar(), ScriptedNode(.isDown)) == .failure(.unavailable))
        #expect(await outcome(claim, honest(), liar(), honest()) == .failure(.invalid))
        #expect(await outcome(claim, ScriptedNode(.hangs), honest(), honest()) == .failure(.invalid))
        #expect(await outcome(claim, ScriptedNode(.isDown), honest(), honest()) == .failure(.invalid))
    }

    @Test("The chain's number is asked once, and a node of another chain is not believed")
    func chainNumber() async throws {
        let key = try key(1)
        let node = ScriptedNode(.answers(code: "0x", says: true))
        let check = check([node])
        let claim = claim(key.address, key.sign(digest: SignatureCheckTests.digest).bytes)
        for _ in 0..<3 { _ = try await check.check(claim) }
        #expect(node.calls == ["eth_chainId", "eth_getCode", "eth_getCode", "eth_getCode"])
    }
}
