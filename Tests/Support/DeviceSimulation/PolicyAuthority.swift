/// Whoever signs PCR policies, with the `openssl` program.
public final class PolicyAuthority: Sendable {
    private static let program = "/usr/bin/openssl"
    private let scratch: Scratch

    /// Makes a key.
    public init() throws {
        scratch = try Scratch()
        _ = try Command.run(
            Self.program,
            ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", scratch.file("key.pem")])
    }

    /// The public key, PEM.
    public func publicKey() throws -> [UInt8] {
        Array(try Command.run(Self.program, ["pkey", "-in", scratch.file("key.pem"), "-pubout"]).output.utf8)
    }

    /// The signature over a policy's digest, DER.
    public func sign(_ digest: [UInt8]) throws -> [UInt8] {
        let policy = try scratch.write("release.policy", digest)
        let signature = scratch.file("release.sig")
        _ = try Command.run(
            Self.program, ["dgst", "-sha256", "-sign", scratch.file("key.pem"), "-out", signature, policy])
        return try Scratch.read(signature)
    }
}
