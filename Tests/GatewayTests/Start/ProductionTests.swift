import Attestation
import DeviceSimulation
import Gateway
import Primitives
import Telemetry
import Testing

@Suite("Production starts with its real key sources, or says which one is missing")
struct ProductionTests {
    /// What a start says that does not succeed; nil after one that does, which is stopped again.
    private func complaint(
        _ sealed: SealedGateway, _ more: [String: String] = [:], believing roots: TrustedRoots
    ) async throws -> String? {
        let settings = ["SEALGATE_MODE": "production", "SEALGATE_TLS": "inside"].merging(more) { $1 }
        let configuration = try sealed.configuration(settings)
        let log = Log(descriptor: 2, clock: SystemClock())
        defer { log.close() }
        do {
            let gateway = try await Gateway.start(
                configuration, log: log, clock: SystemClock(), random: SystemRandom(), roots: roots)
            #expect(gateway.address.hasPrefix("https://"))
            await gateway.stop()
            return nil
        } catch let error as GatewayStartError {
            return error.description
        }
    }

    @Test("A sealed root, TLS and evidence that the roots vouch for: it starts, and starts again")
    func starts() async throws {
        let sealed = try SealedGateway()
        let roots = try AttestedGateway.roots(of: sealed.machine)
        for _ in 0..<2 { #expect(try await complaint(sealed, believing: roots) == nil) }
    }

    @Test("A device that AMD's roots do not vouch for is refused, with the reason")
    func simulated() async throws {
        let said = try await complaint(try SealedGateway(), believing: .amd)
        #expect(said?.contains("is not pinned") == true, "\(said ?? "it started")")
    }

    @Test("A threshold of one is no production, and neither is a root that a Milan seals")
    func weakRoots() async throws {
        let sealed = try SealedGateway()
        for (threshold, isRefused) in [("1", true), ("2", false)] {
            let settings = [
                "SEALGATE_MODE": "production", "SEALGATE_TLS": "inside", "SEALGATE_RECOVERY_THRESHOLD": threshold,
            ]
            #expect((try? sealed.configuration(settings)) == nil ? isRefused : !isRefused)
        }
        let milan = try SealedGateway(machine: ["--product", "milan"])
        let roots = try AttestedGateway.roots(of: milan.machine)
        let said = try await complaint(milan, believing: roots)
        #expect(said?.contains("EPYC Milan") == true, "\(said ?? "it started")")
    }

    @Test("Without a device there is no production")
    func noDevice() async throws {
        let sealed = try SealedGateway()
        sealed.machine.stop()
        let roots = TrustedRoots.amd
        let said = try await complaint(sealed, ["SEALGATE_SEV_DEVICE": "auto"], believing: roots)
        #expect(said != nil)
    }
}
