import AttestationFixtures
import Cryptography
import Primitives

/// The host under a guest: a chip with its secret, its TCB and its certificates.
struct Machine {
    let name: String
    let platform: FixturePlatform
    private let options: Making

    /// What every machine of this run has in common.
    struct Making {
        let product: FixtureProduct
        var kind: FixtureVEK.Kind
        var flaw: EvidenceFlaw?
        var tcb: FixtureTCB
        let keys: FixtureKeys
        let now: Timestamp
    }

    /// A machine whose chip follows from its name.
    init(named name: String, _ options: Making) throws {
        self.name = name
        self.options = options
        platform = try FixturePlatform(
            options.product, kind: options.kind, flaw: options.flaw, chipID: FixtureEvidence.chip(named: name),
            tcb: options.tcb, at: options.now, keys: options.keys)
    }

    /// The same run on a machine that differs.
    func changed(named name: String? = nil, _ change: (inout Making) -> Void = { _ in }) throws -> Machine {
        var options = options
        change(&options)
        return try Machine(named: name ?? self.name, options)
    }

    /// What the firmware derives VCEK-rooted keys from: the chip and its TCB, or the cloud and its TCB.
    var endorsementSecret: [UInt8] {
        let owner = options.kind == .vlek ? Array("cloud".utf8) : platform.chipID
        return SHA256.hash(Array("endorsement".utf8) + owner + committedTCB)
    }

    /// Eight bytes in the product's layout.
    var committedTCB: [UInt8] { options.tcb.bytes(options.product) }
    var tcb: FixtureTCB { options.tcb }
}
