package import Primitives

/// One report with the certificates of its machine, all right or wrong in one way.
package struct FixtureEvidence: Sendable {
    /// The 1184 bytes.
    package let report: [UInt8]
    /// The machine that signed it: its certificates are the report's.
    package let platform: FixturePlatform

    /// Evidence that holds at `now`. `shape` sets fields of the report before it is signed.
    package init(
        _ product: FixtureProduct, kind: FixtureVEK.Kind = .vcek, flaw: EvidenceFlaw? = nil, version: UInt32 = 5,
        chipID: [UInt8] = FixtureEvidence.chip(named: "standard"), at now: Timestamp, keys: FixtureKeys = .standard,
        shape: (inout FixtureReport) -> Void = { _ in }
    ) throws {
        platform = try FixturePlatform(product, kind: kind, flaw: flaw, chipID: chipID, at: now, keys: keys)
        report = try platform.report(version: version, shape)
    }

    /// A chip's 64 bytes that follow from a name.
    package static func chip(named name: String) -> [UInt8] {
        SeededRandom(seed: name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }).bytes(64)
    }
}
