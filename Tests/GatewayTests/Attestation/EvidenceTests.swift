import Attestation
import Cryptography
import DeviceSimulation
import HTTPTypes
import Primitives
import Testing

@Suite("A gateway on SEV-SNP proves itself to strangers")
struct EvidenceTests {
    @Test("Evidence over a stranger's nonce passes every check offline", arguments: ["genoa", "siena", "turin"])
    func freshEvidence(product: String) async throws {
        let machine = try SimulatedMachine(["--product", product])
        try await withAttestedGateway(on: machine) { attested in
            let nonce = CallerNonce(random: SystemRandom())
            let bundle = try await attested.bundle("/api/attestation/report?nonce=\(nonce.hex)")
            let verdict = try await attested.judge(bundle, nonce: nonce) { $0.maximumAgeSeconds = 60 }
            #expect(verdict.isTrusted, "\(verdict.failures)")
            for name in [Check.Name.reportData, .nonce, .age, .sessionKeys, .gateway, .statement, .reportSignature] {
                #expect(verdict[name]?.outcome == .pass, "\(name.rawValue)")
            }
            let other = CallerNonce(random: SystemRandom())
            let stale = try await attested.judge(bundle, nonce: other)
            #expect(stale.failures.map(\.reason) == [.policyNonce])
        }
    }

    @Test("A bundle that was changed anywhere is refused, with the reason")
    func changedBundles() async throws {
        try await withAttestedGateway(on: try SimulatedMachine()) { attested in
            let nonce = CallerNonce(random: SystemRandom())
            let bundle = try await attested.bundle("/api/attestation/report?nonce=\(nonce.hex)")
            let stranger = ES256PrivateKey.generate().publicKey
            let statement = try #require(bundle.statement)
            let text = String(decoding: statement, as: UTF8.self)
            func changed(_ from: String, _ to: String) -> EvidenceBundle {
                bundle.with(statement: Array(text.replacing(from, with: to).utf8))
            }
            let cases: [(String, EvidenceBundle, Check.Name)] = [
                ("keys swapped", bundle.with(keys: TokenKeySet([stranger])), .sessionKeys),
                ("key added", bundle.with(keys: TokenKeySet(bundle.keys.keys + [stranger])), .sessionKeys),
                ("statement edited", changed(TestGateway.origin, "https://elsewhere.example"), .reportData),
                ("statement gone", bundle.with(statement: nil), .reportData),
                ("nonce gone", bundle.with(nil), .nonce),
            ]
            for (name, bundle, check) in cases {
                let verdict = try await attested.judge(bundle, nonce: nonce)
                #expect(!verdict.isTrusted, "\(name)")
                #expect(verdict[check]?.isObstacle == true, "\(name)")
            }
        }
    }

    @Test("The boot report proves the key; the other profile binds the program's hash and no nonce")
    func otherReports() async throws {
        try await withAttestedGateway(on: try SimulatedMachine()) { attested in
            let boot = try await attested.bundle("/api/attestation/report")
            #expect(try await attested.judge(boot).isTrusted)
            #expect(try await attested.judge(boot)[.nonce]?.outcome != .pass)
            let old = try await attested.bundle("/api/attestation/report?profile=agent-gateway/1")
            #expect(try await attested.judge(old).failures.isEmpty)
            let summary = try await attested.gateway.send(.get, "/api/attestation").good()
            let report = try Report(old.evidence.report)
            #expect(Hex.encode(Array(report.reportData[..<32])) == (try summary.string("codeHash")))
            #expect(report.reportData[48...].allSatisfy { $0 == 0 })
            #expect(summary.json["teeEnabled"] == true)
            #expect(summary.json["platform"] == "sev-snp")
            let kid = try #require(boot.keys.keys.first?.thumbprint)
            for path in ["/api/attestation/keys/\(kid)", "/api/attestation/report?kid=\(kid)"] {
                #expect(try await attested.bundle(path) == boot)
            }
        }
    }

    @Test(
        "What cannot be answered is said to be",
        arguments: [
            ("nonce=\(String(repeating: "ab", count: 15))", 400), ("nonce=\(String(repeating: "ab", count: 65))", 400),
            ("nonce=\(String(repeating: "a", count: 33))", 400), ("nonce=\(String(repeating: "zz", count: 16))", 400),
            ("profile=sealgate/2", 400), ("profile=", 400),
            ("profile=agent-gateway/1&nonce=\(String(repeating: "ab", count: 16))", 400),
            ("kid=\(String(repeating: "A", count: 43))&nonce=\(String(repeating: "ab", count: 16))", 400),
            ("kid=\(String(repeating: "A", count: 43))", 404), ("kid=short", 400),
        ])
    func badQuestions(query: String, status: Int) async throws {
        try await withAttestedGateway(on: try SimulatedMachine()) { attested in
            let before = try attested.machine.calls()
            let answer = try await attested.gateway.send(.get, "/api/attestation/report?" + query)
            #expect(answer.status == status)
            #expect(try attested.machine.calls() == before)
        }
    }

    @Test("A crowd of strangers shares one call of the device, and each sees its own nonce in it")
    func gathering() async throws {
        try await withAttestedGateway(on: try SimulatedMachine()) { attested in
            let before = try attested.machine.calls()
            let bundles = try await withThrowingTaskGroup(of: (CallerNonce, EvidenceBundle).self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        let nonce = CallerNonce(random: SystemRandom())
                        return (nonce, try await attested.bundle("/api/attestation/report?nonce=\(nonce.hex)"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            // One gathering, or two when the machine is slow to send.
            #expect((1...2).contains(try attested.machine.calls() - before))
            for (nonce, bundle) in bundles {
                #expect(try await attested.judge(bundle, nonce: nonce).isTrusted)
            }
        }
    }

    @Test("A login can ask for evidence over its own nonce, and is never lost when there is none")
    func attestedLogin() async throws {
        try await withAttestedGateway(on: try SimulatedMachine()) { attested in
            let challenge = try await attested.gateway.send(.get, "/auth/challenge?attest=1").good()
            let evidence = try #require(challenge.json["attestation"]?["evidence"])
            let nonce = try #require(CallerNonce(hex: try challenge.string("nonce")))
            let bundle = try EvidenceBundle(evidence.bytes)
            #expect(try await attested.judge(bundle, nonce: nonce).isTrusted)
            let statement = try #require(bundle.statement.flatMap(AttestationStatement.init))
            #expect(try challenge.string("message").contains(statement.keySetCommitment))

            let visitor = try await attested.gateway.visitor()
            let payload = try #require(Base64.decodeURL(visitor.token.split(separator: ".")[1]))
            let claim = try #require(try JSON(parsing: payload)["att"])
            let boot = try await attested.bundle("/api/attestation/report")
            #expect(claim["profile"] == "sealgate/1")
            #expect(claim["statement"]?.string == Hex.encode(SHA256.hash(try #require(boot.statement))))
            #expect(claim["measurement"]?.string == Hex.encode(try Report(boot.evidence.report).measurement))

            try attested.machine.tell("fault wiped")
            let without = try await attested.gateway.send(.get, "/auth/challenge?attest=1").good()
            #expect(without.json["attestation"]?["error"] == "attestation_unavailable")
            #expect(try await attested.gateway.visitor().isLoggedIn())
        }
    }

    @Test("A wiped device key is a state of its own: said at /health, and nothing but evidence suffers")
    func wipedKey() async throws {
        try await withAttestedGateway(on: try SimulatedMachine()) { attested in
            #expect(try await reasons(attested.gateway).contains("attestation_key_wiped") == false)
            try attested.machine.tell("fault wiped")
            let nonce = CallerNonce(random: SystemRandom())
            let answer = try await attested.gateway.send(.get, "/api/attestation/report?nonce=\(nonce.hex)")
            answer.expect(503, "attestation_unavailable")
            #expect(try await reasons(attested.gateway).contains("attestation_key_wiped"))
            #expect(try await attested.judge(attested.bundle("/api/attestation/report")).isTrusted)
        }
    }

    @Test("Under AMD's roots a simulated device is called what it is")
    func notAuthentic() async throws {
        try await withAttestedGateway(on: try SimulatedMachine(), believing: .amd) { attested in
            let reasons = try await reasons(attested.gateway)
            #expect(reasons.contains("evidence_not_authentic"))
            #expect(!reasons.contains("no_hardware_attestation"))
        }
    }

    @Test("A demanded device that is not there is no start, and the message names the setting")
    func missingDevice() async throws {
        let folder = try TemporaryFolder()
        await #expect {
            try await withGateway(
                settings: [
                    "SEALGATE_SEV_DEVICE": "sev-guest", "SEALGATE_SEV_GUEST_PATH": folder.file("nothing"),
                ]
            ) { _ in }
        } throws: { "\($0)".contains("SEALGATE_SEV_DEVICE") && "\($0)".contains("Azure") }
    }

    @Test("Without a device there is no evidence, and the instance says so")
    func noDevice() async throws {
        try await withGateway(settings: ["SEALGATE_SEV_DEVICE": "none"]) { gateway in
            try await gateway.send(.get, "/api/attestation/report").expect(503, "attestation_unavailable")
            #expect(try await reasons(gateway).contains("no_hardware_attestation"))
            let build = try await gateway.send(.get, "/api/attestation/build-info").good()
            #expect(build.json["gitCommit"] == .null)
            #expect(try await gateway.send(.get, "/api/attestation/provenance").good().json["found"] == false)
        }
    }

    private func reasons(_ gateway: TestGateway) async throws -> [String] {
        let health = try await gateway.send(.get, "/health").good().json
        return health["securityPosture"]?["degradedReasons"]?.array?.compactMap { $0["code"]?.string } ?? []
    }
}

extension EvidenceBundle {
    fileprivate func with(keys: TokenKeySet) -> EvidenceBundle {
        EvidenceBundle(profile: profile, evidence: evidence, statement: statement, inclusion: inclusion, keys: keys)
    }

    fileprivate func with(statement: [UInt8]?) -> EvidenceBundle {
        EvidenceBundle(profile: profile, evidence: evidence, statement: statement, inclusion: inclusion, keys: keys)
    }
}
