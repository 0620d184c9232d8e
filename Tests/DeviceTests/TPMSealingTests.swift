import Cryptography
import DeviceSimulation
import Primitives
import Testing

@testable import Attestation

@Suite("A copy sealed by a TPM opens for what its authority approved, and for nothing else", .serialized)
struct TPMSealingTests {
    private let authority: PolicyAuthority
    private let tpm: SimulatedTPM
    private let registers: PCRSelection
    private let root: Secret

    init() throws {
        authority = try PolicyAuthority()
        tpm = try SimulatedTPM()
        registers = try #require(PCRSelection([11, 4, 7]))
        root = try Secret(randomCount: 32)
    }

    private func sealing(
        _ digests: [[UInt8]], by signer: PolicyAuthority? = nil, on other: SimulatedTPM? = nil,
        registers: PCRSelection? = nil, trusting: PolicyAuthority? = nil
    ) throws -> TPMSealing {
        let policies = try digests.map { digest in
            try #require(SignedPCRPolicy(digest: digest, signature: try (signer ?? authority).sign(digest)))
        }
        let key = try #require(TPMAuthority(pem: try (trusting ?? authority).publicKey()))
        return TPMSealing(
            transport: (other ?? tpm).transport, registers: registers ?? self.registers, authority: key,
            policies: policies)
    }

    private func now() throws -> [UInt8] {
        try TPMSealing.policyNow(of: registers, transport: tpm.transport)
    }

    private func sealed() throws -> SealedBlob {
        let set = try RecoverySet.split(root, threshold: 1, count: 1, gateway: "gateway.example").set
        return try sealing([now()]).seal(root, recoverySet: set, random: SystemRandom())
    }

    /// What opening says; nil if it opens.
    private func changes(_ sealing: TPMSealing, _ blob: SealedBlob) -> String? {
        do throws(SealingFault) {
            _ = try sealing.open(blob)
            return nil
        } catch {
            guard case .notOpened(let changes) = error else { return "\(error)" }
            return changes.joined()
        }
    }

    @Test func `it opens as often as it is asked, and leaves nothing in the TPM`() throws {
        let blob = try sealed()
        let read = try #require(SealedBlob(blob.json.bytes))
        #expect(read == blob)
        let sealing = try sealing([now()])
        for _ in 0..<8 { #expect(try sealing.open(read).isEqual(to: root)) }
    }

    @Test func `the digest of known values is what the TPM computes`() throws {
        let zero = [UInt8](repeating: 0, count: 32)
        #expect(registers.policyDigest(of: [4: zero, 7: zero, 11: zero]) == (try now()))
        try tpm.extend(7)
        let seven = SHA256.hash(zero + zero)
        #expect(registers.policyDigest(of: [4: zero, 7: seven, 11: zero]) == (try now()))
        #expect(registers.policyDigest(of: [4: zero, 7: seven]) == nil)
        #expect(PCRSelection([]) == nil && PCRSelection([24]) == nil && PCRSelection([-1]) == nil)
    }

    @Test func `another boot chain closes it until the authority signs that one, too`() throws {
        let blob = try sealed()
        let before = try now()
        try tpm.extend(4)
        let after = try now()
        #expect(before != after)
        #expect(changes(try sealing([before]), blob)?.contains(Hex.encode(after)) == true)
        #expect(try sealing([before, after]).open(blob).isEqual(to: root))
        // A register that does not count changes nothing.
        try tpm.extend(5)
        #expect(try sealing([before, after]).open(blob).isEqual(to: root))
    }

    @Test func `a policy that another key signed opens nothing, whoever is trusted`() throws {
        let blob = try sealed()
        let stranger = try PolicyAuthority()
        let digest = try now()
        #expect(changes(try sealing([digest], by: stranger), blob)?.contains("not the authority's") == true)
        let theirs = try sealing([digest], by: stranger, trusting: stranger)
        #expect(changes(theirs, blob)?.contains("another authority's key") == true)
        #expect(changes(try sealing([]), blob)?.contains("has not signed") == true)
    }

    @Test func `another TPM does not know it`() throws {
        let blob = try sealed()
        let other = try SimulatedTPM()
        #expect(changes(try sealing([now()], on: other), blob)?.contains("this TPM does not know the copy") == true)
    }

    @Test func `nothing is sealed that would not open`() throws {
        let set = try RecoverySet.split(root, threshold: 1, count: 1, gateway: "gateway.example").set
        let unsigned = try sealing([])
        #expect(throws: SealingFault.self) { try unsigned.seal(root, recoverySet: set, random: SystemRandom()) }
    }

    @Test func `no byte of the wrapped key or of the root can be changed`() throws {
        let blob = try sealed()
        let sealing = try sealing([now()])
        let bytes = blob.json.bytes
        for place in stride(from: 0, to: bytes.count, by: 7) {
            var altered = bytes
            altered[place] ^= 1
            guard let other = SealedBlob(altered) else { continue }
            #expect(changes(sealing, other) != nil, "byte \(place)")
        }
        #expect(try sealing.open(blob).isEqual(to: root))
    }

    @Test func `a TPM that is not there is a fault, not a change`() throws {
        let blob = try sealed()
        let key = try #require(TPMAuthority(pem: try authority.publicKey()))
        let gone = TPMSealing(
            transport: "device:/nowhere", registers: registers, authority: key, policies: [])
        #expect(changes(gone, blob)?.contains("open") == true)
        #expect(throws: SealingFault.self) { try gone.open(blob) }
    }

    @Test func `keys and signatures of another form are refused`() throws {
        let pem = try authority.publicKey()
        #expect(TPMAuthority(pem: pem) != nil)
        #expect(TPMAuthority(pem: Array(pem.dropLast(30))) == nil)
        #expect(TPMAuthority(pem: []) == nil)
        let digest = [UInt8](repeating: 1, count: 32)
        let signature = try authority.sign(digest)
        #expect(SignedPCRPolicy(digest: digest, signature: signature) != nil)
        #expect(SignedPCRPolicy(digest: Array(digest.dropLast()), signature: signature) == nil)
        #expect(SignedPCRPolicy(digest: digest, signature: Array(signature.dropLast())) == nil)
        #expect(SignedPCRPolicy(digest: digest, signature: signature + [0]) == nil)
        #expect(SignedPCRPolicy(digest: digest, signature: []) == nil)
    }
}
