package import Primitives

/// One machine with its endorsement key and certificates, all right or wrong in one way. Signs any number of reports.
package struct FixturePlatform: Sendable {
    package let product: FixtureProduct
    package let kind: FixtureVEK.Kind
    package let flaw: EvidenceFlaw?
    /// 64 bytes; the reports of Turin use the first eight, those under a VLEK none.
    package let chipID: [UInt8]
    package let tcb: FixtureTCB
    /// DER.
    package let vek: [UInt8]
    package let intermediate: [UInt8]
    package let root: [UInt8]
    package let crl: [UInt8]
    /// What the VEK was made from.
    package let recipe: FixtureVEK
    private let signer: FixtureKey

    /// A machine whose certificates hold at `now`.
    package init(
        _ product: FixtureProduct, kind: FixtureVEK.Kind, flaw: EvidenceFlaw? = nil, chipID: [UInt8],
        tcb: FixtureTCB? = nil, at now: Timestamp, keys: FixtureKeys = .standard
    ) throws {
        let keys = flaw == .strangersRoot ? FixtureKeys(set: "stranger") : keys
        var chain = try FixtureChain(product, validity: .from(now, years: 25), keys: keys)
        try flaw?.spoil(&chain, kind, keys: keys, at: now)
        var recipe = FixtureVEK(product, kind: kind, chipID: chipID, tcb: tcb, at: now)
        flaw?.spoil(&recipe, at: now)
        let key = try FixtureKey.ec(curve: flaw == .wrongCurve ? "P-256" : "P-384")
        signer = flaw == .otherSigner || flaw == .wrongCurve ? try FixtureKey.ec() : key
        self.product = product
        self.kind = kind
        self.flaw = flaw
        self.chipID = chipID
        self.tcb = tcb ?? .current(product)
        self.recipe = recipe
        vek = try recipe.certified(key, in: chain)
        let role: FixtureRole = kind == .vcek ? .ask : .asvk
        intermediate = chain.certificates[role] ?? []
        root = chain.ark
        let isStale = flaw == .staleCRL
        crl = try chain.crl(
            revoking: flaw == .revokedIntermediate ? [chain.serial(role)] : [],
            thisUpdate: now.adding(seconds: isStale ? -86_400 * 60 : -86_400),
            nextUpdate: now.adding(seconds: isStale ? -86_400 * 30 : 86_400 * 30))
    }

    /// A signed report. `shape` sets its fields before the flaw is put in.
    package func report(version: UInt32 = 5, _ shape: (inout FixtureReport) -> Void) throws -> [UInt8] {
        var report = FixtureReport(product, version: version, chipID: kind == .vlek ? [] : chipID, tcb: tcb)
        report.signingKey = kind == .vlek ? .vlek : .vcek
        shape(&report)
        flaw?.spoil(&report)
        var signed = try report.signed(by: signer)
        if flaw == .changedAfterSigning { signed[0x90] ^= 1 }
        return signed
    }

    /// The table that a host would give with a report.
    package func table(withCRL: Bool = false) -> FixtureTable {
        var entries: [(FixtureTable.Entry, [UInt8])] = [
            (kind == .vcek ? .vcek : .vlek, vek), (.intermediate, intermediate), (.root, root),
        ]
        if withCRL { entries.append((.crl, crl)) }
        return FixtureTable(entries)
    }
}
