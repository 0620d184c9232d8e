import Attestation
import DeviceSimulation
import HTTPTypes
import Primitives
import Testing

@Suite("Stored keys open only where the instance may be trusted with them")
struct ReleaseGuardTests {
    /// `secretReleaseGuard`, the same at both places.
    private func shown(_ gateway: TestGateway) async throws -> JSON {
        let health = try await gateway.send(.get, "/health").good().json["securityPosture"]?["secretReleaseGuard"]
        let security = try await gateway.send(.get, "/api/attestation/security").good().json["secretReleaseGuard"]
        #expect(health == security)
        return try #require(health)
    }

    @Test("Without hardware, keys open, and it is counted that a strict instance would not have done so")
    func permissive() async throws {
        try await withGateway(settings: ["SEALGATE_SEV_DEVICE": "none"]) { gateway in
            let before = try await shown(gateway)
            #expect(before["mode"] == "permissive" && before["decisionsTotal"] == 0)
            #expect(before["lastDecisionAt"] == .null && before["lastState"] == .null)
            try await gateway.visitor().storeKey().good()
            let after = try await shown(gateway)
            let count = try #require(after["decisionsTotal"]?.integer)
            #expect(count > 0 && after["unavailableCount"] == .integer(count))
            #expect(after["wouldBlockTotal"] == .integer(count) && after["wouldBlockUnavailable"] == .integer(count))
            #expect(after["blockedTotal"] == 0 && after["guardErrorCount"] == 0)
            #expect(after["lastState"] == "unavailable" && after["lastReasonCode"] == "no_hardware_attestation")
        }
    }

    @Test("Enforced without evidence, nothing is taken or opened, and the client is told when to come back")
    func enforced() async throws {
        let settings = ["SEALGATE_SEV_DEVICE": "none", "SEALGATE_RELEASE_GUARD": "enforced"]
        try await withGateway(settings: settings) { gateway in
            let visitor = try await gateway.visitor()
            let refused = try await visitor.storeKey()
            refused.expect(503, "secret_release_blocked")
            #expect(refused.fields["Retry-After"] == "30")
            #expect(try await visitor.get("/wallet/apikey/status").good()["configured"] == false)
            let shown = try await shown(gateway)
            #expect(shown["mode"] == "enforced" && shown["blockedTotal"] == 1)
        }
    }

    @Test("A key that was open is shut in a stricter start, and its status says so")
    func stricter() async throws {
        let folder = try TemporaryFolder()
        var settings = ["SEALGATE_SEV_DEVICE": "none"]
        let visitor = try await withGateway(in: folder, settings: settings) { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.storeKey().good()
            return visitor
        }
        settings["SEALGATE_RELEASE_GUARD"] = "enforced"
        try await withGateway(in: folder, settings: settings) { gateway in
            let again = try await gateway.visitor(visitor.key)
            let status = try await again.get("/wallet/apikey/status").good()
            #expect(status["configured"] == true && status["unlocked"] == false)
            try await again.unlock().expect(503, "secret_release_blocked")
        }
    }

    @Test(
        "With evidence that is vouched for, a degraded instance opens keys unless it is told not to",
        arguments: [(nil, nil, true), ("enforced", nil, true), ("enforced", "closed", false)]
            as [(String?, String?, Bool)])
    func attested(mode: String?, degraded: String?, opens: Bool) async throws {
        var settings: [String: String] = [:]
        settings["SEALGATE_RELEASE_GUARD"] = mode
        settings["SEALGATE_RELEASE_GUARD_DEGRADED"] = degraded
        try await withAttestedGateway(on: try SimulatedMachine(), settings: settings) { attested in
            let answer = try await attested.gateway.visitor().storeKey()
            if opens { answer.good() } else { answer.expect(503, "secret_release_blocked") }
            let shown = try await shown(attested.gateway)
            #expect(shown["mode"] == .string(mode ?? "audit"))
            #expect(shown["failClosedOnDegraded"] == .bool(degraded == "closed"))
            #expect(shown["lastState"] == "degraded" && shown["lastReasonCode"] == "development_mode")
        }
    }

    @Test("Enforced on a device that nobody vouches for, nothing is opened")
    func notVouchedFor() async throws {
        let settings = ["SEALGATE_RELEASE_GUARD": "enforced"]
        try await withAttestedGateway(on: try SimulatedMachine(), settings: settings, believing: .amd) { attested in
            try await attested.gateway.visitor().storeKey().expect(503, "secret_release_blocked")
            #expect(try await shown(attested.gateway)["lastReasonCode"] == "evidence_not_authentic")
        }
    }
}
