import Agents
import Cryptography
import Foundation
import HTTPClient
import Primitives

@testable import Agents

/// The provider simulator as a program of its own, for one test.
final class SimulatorProcess: Sendable {
    struct DidNotStart: Error {}

    let baseURL: String
    private let process: Process

    init() throws {
        process = Process()
        process.executableURL = Bundle.main.bundleURL.appending(path: "provider-simulator")
        process.arguments = ["--die-with-parent"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var said = ""
        while !said.hasSuffix("\n") || !said.contains("\nhttp://") {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else { throw DidNotStart() }
            said += String(decoding: bytes, as: UTF8.self)
        }
        guard let line = said.split(separator: "\n").last else { throw DidNotStart() }
        baseURL = String(line)
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// A client that may call this machine.
    static func http() throws -> HTTPClient {
        guard let loops = TestGateway.loops else { throw DidNotStart() }
        return HTTPClient(group: loops, policy: EgressPolicy(allowing: [CIDR(.v4(0x7F00_0000), prefix: 8)]))
    }

    /// What `GET` of `path` says.
    func get(_ path: String) async throws -> [UInt8] {
        let response = try await Self.http().send(ClientRequest(url: baseURL + path))
        return try await response.body.collect(upTo: 1 << 20)
    }

    /// The counters, once so many calls were cancelled by their client.
    func calls(cancelled: Int = 0) async throws -> JSON {
        try JSON(parsing: await get("/simulator/calls?cancelled=\(cancelled)"))
    }

    static func key(_ text: String = "sk-ant-simulated") throws -> PassedKey {
        PassedKey(try Secret(copying: Array(text.utf8)))
    }
}
