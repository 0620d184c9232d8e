import Cryptography
import DeviceSimulation
import Primitives
import Testing

@testable import Attestation

@Suite("A copy sealed by a derived key opens where and as it was sealed, and nowhere else", .serialized)
struct SNPSealingTests {
    private struct NotSNP: Error {}

    private static func set(_ root: Secret) throws -> RecoverySet {
        try RecoverySet.split(root, threshold: 2, count: 3, gateway: "gateway.example").set
    }

    private static func sealing(_ machine: SimulatedMachine, vmpl: UInt32 = 0) -> SNPSealing {
        SNPSealing(device: machine.sevGuest(vmpl: vmpl), vmpl: vmpl, scope: .image)
    }

    private static func seal(_ machine: SimulatedMachine) throws -> (root: Secret, blob: SealedBlob) {
        let root = try Secret(randomCount: 32)
        return (root, try sealing(machine).seal(root, recoverySet: try set(root), random: SystemRandom()))
    }

    private static func fault(_ machine: SimulatedMachine, _ blob: SealedBlob, vmpl: UInt32 = 0) -> SealingFault? {
        do throws(SealingFault) {
            _ = try sealing(machine, vmpl: vmpl).open(blob)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a copy opens again after a restart, and its file holds the root in no form`() throws {
        let machine = try SimulatedMachine()
        let (root, blob) = try Self.seal(machine)
        try machine.tell("restart")
        let read = try #require(SealedBlob(blob.json.bytes))
        #expect(read == blob)
        #expect(try Self.sealing(machine).open(read).isEqual(to: root))
        let text = blob.json.text
        #expect(root.withBytes { !text.contains(Hex.encode(Array($0))) })
        #expect(text.utf8.count < SealedBlob.maximumBytes)
    }

    @Test func `the same root sealed twice gives two texts`() throws {
        let machine = try SimulatedMachine()
        let root = try Secret(randomCount: 32)
        let set = try Self.set(root)
        let sealing = Self.sealing(machine)
        let first = try sealing.seal(root, recoverySet: set, random: SystemRandom())
        #expect(first.json != (try sealing.seal(root, recoverySet: set, random: SystemRandom())).json)
    }

    @Test func `no byte of the file can be changed`() throws {
        let machine = try SimulatedMachine()
        let (root, blob) = try Self.seal(machine)
        let bytes = blob.json.bytes
        var read = 0
        for place in bytes.indices {
            var altered = bytes
            altered[place] ^= 1
            guard let other = SealedBlob(altered) else { continue }
            read += 1
            #expect(throws: SealingFault.self, "byte \(place)") { try Self.sealing(machine).open(other) }
        }
        #expect(read > 100, "digits change into digits, so that many altered files can be read")
        #expect(try Self.sealing(machine).open(blob).isEqual(to: root))
    }

    @Test func `a file with other members, fields or sizes is not read`() throws {
        let machine = try SimulatedMachine()
        let text = try Self.seal(machine).blob.json.text
        for (part, other) in [
            ("\"version\":1", "\"version\":2"), ("\"method\":\"snp\"", "\"method\":\"tpm\""),
            ("\"fields\":9", "\"fields\":8"),
            ("\"fields\":9", "\"fields\":0"), ("\"vmpl\":0", "\"vmpl\":4"), ("\"vmpl\":0", "\"vmpl\":-1"),
            ("\"VCEK\"", "\"none\""), ("\"nonce\":\"", "\"nonce\":\"00"), ("\"ciphertext\":\"", "\"ciphertext\":\"00"),
            ("\"ciphertext\"", "\"more\":1,\"ciphertext\""), ("\"chipID\":\"", "\"chipID\":\"0"), ("}", "} x"),
            ("\"tcbLayout\":\"milan\"", "\"tcbLayout\":\"rome\""),
        ] {
            let altered = text.replacing(part, with: other)
            #expect(altered != text, "\(part)")
            #expect(SealedBlob(Array(altered.utf8)) == nil, "\(other)")
        }
        let padded = text.replacing(
            "{", with: "{" + String(repeating: " ", count: SealedBlob.maximumBytes), maxReplacements: 1)
        #expect(SealedBlob(Array(padded.utf8)) == nil)
        #expect(SealedBlob([]) == nil)
    }

    @Test(arguments: [
        ("measurement provider", "the launch measurement was"), ("policy 720927", "the launch policy was"),
        ("host second", "this is another machine"), ("tcb snp=28", "the host's firmware was"),
    ])
    func `a change closes the copy, is named, and going back opens it`(change: String, word: String) throws {
        let machine = try SimulatedMachine()
        let (root, blob) = try Self.seal(machine)
        guard case .snp(let binding) = blob.binding else { throw NotSNP() }
        let before = binding.machine
        try machine.tell(change)
        guard case .notOpened(let changes)? = Self.fault(machine, blob) else {
            // This policy allows debugging: nothing is opened at all.
            #expect(change.hasPrefix("policy") && Self.fault(machine, blob) == .refused(.debuggable))
            return
        }
        #expect(changes.contains { $0.hasPrefix(word) })
        #expect(before.changes(to: before) == [])
        if change.hasPrefix("host") {
            try machine.tell("host first")
            #expect(try Self.sealing(machine).open(blob).isEqual(to: root))
        }
    }

    @Test func `another privilege level has another key`() throws {
        let machine = try SimulatedMachine()
        let (_, blob) = try Self.seal(machine)
        #expect(
            Self.fault(machine, blob, vmpl: 1) == .notOpened(changes: ["the privilege level was 0 and is 1"]))
    }

    @Test func `a worthless key is refused for sealing and for opening`() throws {
        for (change, scope, refusal) in [
            ("calls", MeasurementScope.firmware, SealingRefusal.providerFirmware),
            ("kind vlek", .image, .cloudKey), ("policy \(0x3011F | 1 << 19)", .image, .debuggable),
            ("policy \(0x3011F | 1 << 19)", .firmware, .debuggable),
            ("policy \(0x3011F | 1 << 18)", .image, .migratable),
        ] {
            let machine = try SimulatedMachine()
            let (root, blob) = try Self.seal(machine)
            try machine.tell(change)
            let sealing = SNPSealing(device: machine.sevGuest(), vmpl: 0, scope: scope)
            #expect(throws: SealingFault.refused(refusal)) { try sealing.open(blob) }
            #expect(throws: SealingFault.refused(refusal)) {
                try sealing.seal(root, recoverySet: try Self.set(root), random: SystemRandom())
            }
        }
    }

    @Test func `on a Milan nothing of worth is sealed`() throws {
        for (product, refusal) in [("milan", SealingRefusal.extractableChip), ("genoa", nil), ("turin", nil)] {
            let machine = try SimulatedMachine(["--product", product])
            let strict = SNPSealing(device: machine.sevGuest(), vmpl: 0, scope: .image, allowsMilan: false)
            let mild = SNPSealing(device: machine.sevGuest(), vmpl: 0, scope: .image)
            #expect(throws: Never.self) { try mild.machine() }
            if let refusal {
                #expect(throws: SealingFault.refused(refusal)) { try strict.machine() }
            } else {
                #expect(throws: Never.self) { try strict.machine() }
            }
        }
    }

    @Test func `a device without derived keys, and a failing one, seal nothing`() throws {
        let machine = try SimulatedMachine()
        let root = try Secret(randomCount: 32)
        let set = try Self.set(root)
        let configFS = SNPSealing(device: machine.configFS(), vmpl: 0, scope: .image)
        #expect(throws: SealingFault.device(.unsupported)) {
            try configFS.seal(root, recoverySet: set, random: SystemRandom())
        }
        try machine.tell("fault status-27")
        #expect(throws: SealingFault.self) {
            try Self.sealing(machine).seal(root, recoverySet: set, random: SystemRandom())
        }
    }
}
