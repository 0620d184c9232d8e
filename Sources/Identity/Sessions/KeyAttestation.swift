import Primitives

/// What evidence stands behind the key that signs a token: claim `att`. It tells a client which evidence to fetch and
/// compare; by itself, inside a token that this very key signed, it proves nothing.
public struct KeyAttestation: Hashable, Sendable {
    /// How REPORT_DATA was filled, `sealgate/1`.
    public let profile: String
    /// The measurement in the report, 96 hex digits.
    public let measurement: String
    /// SHA-256 of the statement that names the key, 64 hex digits.
    public let statementHash: String

    /// What a report says of a key.
    public init(profile: String, measurement: String, statementHash: String) {
        self.profile = profile
        self.measurement = measurement
        self.statementHash = statementHash
    }

    var json: JSON {
        [
            "profile": .string(profile), "measurement": .string(measurement), "statement": .string(statementHash),
        ]
    }
}
