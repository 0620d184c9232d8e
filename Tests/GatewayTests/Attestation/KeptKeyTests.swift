import Attestation
import Cryptography
import Database
import DeviceSimulation
import Gateway
import HTTPTypes
import Primitives
import Testing

@Suite("Session keys of earlier starts count only by their evidence")
struct KeptKeyTests {
    private func thumbprints(_ gateway: TestGateway) async throws -> [String] {
        try TokenKeySet(jwks: JSON(parsing: try await gateway.send(.get, "/.well-known/jwks.json").good().body))
            .keys.map(\.thumbprint)
    }

    @Test("A session outlives a restart of the same measured code; the evidence of its key is still served")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let machine = try SimulatedMachine()
        let (visitor, kid) = try await withAttestedGateway(on: machine, in: folder) { attested in
            (try await attested.gateway.visitor(), try await thumbprints(attested.gateway)[0])
        }
        try await withAttestedGateway(on: machine, in: folder) { attested in
            let keys = try await thumbprints(attested.gateway)
            #expect(keys.count == 2 && keys[0] != kid && keys[1] == kid)
            let again = Visitor(gateway: attested.gateway, key: visitor.key, token: visitor.token)
            #expect(try await again.isLoggedIn())
            let kept = try await attested.bundle("/api/attestation/keys/\(kid)")
            #expect(kept.keys.keys.map(\.thumbprint) == [kid])
            let boot = try await attested.bundle("/api/attestation/report")
            #expect(try await attested.judge(boot).isTrusted, "the statement names the key that was taken back")
        }
    }

    @Test("Under a cloud's key a session outlives a restart without a policy, for that cloud alone")
    func cloudKey() async throws {
        let folder = try TemporaryFolder()
        let machine = try SimulatedMachine(["--kind", "vlek"])
        let visitor = try await withAttestedGateway(on: machine, in: folder) { try await $0.gateway.visitor() }
        try await withAttestedGateway(on: machine, in: folder) { attested in
            let again = Visitor(gateway: attested.gateway, key: visitor.key, token: visitor.token)
            let isLoggedIn = try await again.isLoggedIn()
            #expect(isLoggedIn)
        }
    }

    @Test("A policy that takes any measurement is no start")
    func anyMeasurement() async throws {
        let folder = try TemporaryFolder()
        try folder.write("policy.json", Array(#"{"measurements": "any"}"#.utf8))
        await #expect {
            try await withAttestedGateway(
                on: try SimulatedMachine(), in: folder,
                settings: ["SEALGATE_EVIDENCE_POLICY": folder.file("policy.json")]
            ) { _ in }
        } throws: { "\($0)".contains("measurements") }
    }

    @Test(
        "Other code, another guest policy, or a root that nobody vouches for: the sessions of before end",
        arguments: ["measurement \(String(repeating: "5a", count: 48))", "roots"])
    func changed(_ change: String) async throws {
        let folder = try TemporaryFolder()
        let machine = try SimulatedMachine()
        let visitor = try await withAttestedGateway(on: machine, in: folder) { try await $0.gateway.visitor() }
        if change != "roots" { try machine.tell(change) }
        try await withAttestedGateway(on: machine, in: folder, believing: change == "roots" ? .amd : nil) { attested in
            let again = Visitor(gateway: attested.gateway, key: visitor.key, token: visitor.token)
            let isLoggedIn = try await again.isLoggedIn()
            #expect(!isLoggedIn)
            #expect(try await thumbprints(attested.gateway).count == 1)
        }
    }

    @Test(
        "A key slipped into the database is neither published nor accepted", arguments: ["bare", "swapped", "renamed"])
    func slippedKey(_ way: String) async throws {
        let folder = try TemporaryFolder()
        let machine = try SimulatedMachine()
        let (boot, genuine) = try await withAttestedGateway(on: machine, in: folder) { attested in
            (
                try await attested.bundle("/api/attestation/report"),
                try await thumbprints(attested.gateway)[0]
            )
        }
        let thief = ES256PrivateKey.generate().publicKey
        var bundle = EvidenceBundle(
            profile: boot.profile, evidence: boot.evidence, statement: boot.statement, inclusion: nil,
            keys: TokenKeySet([thief]))
        if way == "renamed" { bundle = boot }
        let text = way == "bare" ? JSON.object([.init("jwks", TokenKeySet([thief]).jwks)]).bytes : bundle.json.bytes
        try await slip(thief.thumbprint, text, into: folder)
        try await withAttestedGateway(on: machine, in: folder) { attested in
            let keys = try await thumbprints(attested.gateway)
            #expect(!keys.contains(thief.thumbprint))
            #expect(keys.contains(genuine))
            try await attested.gateway.send(.get, "/api/attestation/keys/\(thief.thumbprint)").expect(
                404, "unknown_key")
        }
        let refused = try folder.log().filter { $0["event"] == "attested_key_refused" }
        #expect(refused.map { $0["key"]?.string } == [thief.thumbprint])
    }

    private func slip(_ kid: String, _ bundle: [UInt8], into folder: TemporaryFolder) async throws {
        let database = try Database(
            path: folder.file("data/sealgate.db"), migrations: try GatewayDescription.migrations())
        try await database.write { tx in
            try tx.execute(
                "insert into attested_keys (kid, bundle, created_at) values ($1, $2, $3)",
                [.text(kid), .blob(bundle), .integer(SystemClock().now().unixMicroseconds)])
        }
        await database.close()
    }
}
