import Glibc
import Primitives

/// What the demo starts: a gateway in a folder of its own, and a provider simulator unless a real key is at hand.
final class DemoWorld {
    /// A real key, if the environment has one.
    let realKey: String?
    private let folder: String
    private let programs: String
    private var listen = ""
    private var providerURL = "https://api.anthropic.com"
    private var gateway: ChildProcess?
    private var simulator: ChildProcess?

    /// Makes the folder and starts the provider.
    init() async throws {
        realKey = getenv("ANTHROPIC_API_KEY").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        programs = DemoWorld.folderOfThisProgram()
        var template = Array("/tmp/sealgate-demo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw DemoClient.Unexpected(description: "no temporary folder can be made")
        }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let address = DemoWorld.freeAddress() else {
            throw DemoClient.Unexpected(description: "no port is free")
        }
        listen = address
        if realKey == nil { try await startSimulator() }
        Terminal.say("data, logs: \(folder)")
    }

    private func startSimulator() async throws {
        simulator = ChildProcess.start(
            programs + "/provider-simulator", ["--host", "127.0.0.1", "--port", "0", "--die-with-parent"],
            environment: [:], log: folder + "/provider-simulator.log")
        let address = await simulator?.firstLine { line in
            line.split(separator: " ").last { $0.hasPrefix("http://") }.map(String.init)
        }
        guard let address else {
            throw DemoClient.Unexpected(description: "the provider simulator does not start; see \(folder)")
        }
        providerURL = address
        Terminal.say("provider:   a SIMULATOR at \(address) (set ANTHROPIC_API_KEY to use the real one)")
    }

    /// Starts the gateway and returns its address once it serves.
    func startGateway() async throws -> String {
        gateway = ChildProcess.start(
            programs + "/sealgate", ["serve", "--die-with-parent"],
            environment: [
                "SEALGATE_MODE": "development", "SEALGATE_LISTEN": listen, "SEALGATE_DATA_DIR": folder + "/data",
                "SEALGATE_ANTHROPIC_URL": providerURL, "SEALGATE_EGRESS_ALLOW": "127.0.0.0/8",
            ], log: folder + "/gateway.log")
        let address = await gateway?.firstLine { line -> String? in
            guard let json = try? JSON(parsing: line), json["event"] == "ready" else { return nil }
            return json["address"]?.string
        }
        guard let address else {
            throw DemoClient.Unexpected(description: "the gateway does not start; see \(folder)/gateway.log")
        }
        return address
    }

    /// Stops the gateway orderly.
    func stopGateway() async {
        await gateway?.stop()
    }

    /// Stops everything. The folder stays, with the logs in it.
    func stop() async {
        await gateway?.stop()
        await simulator?.stop()
    }

    private static func folderOfThisProgram() -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.lastIndex(of: "/").map { String(text[..<$0]) } ?? "."
    }

    /// The usual port if nobody has it, else any. Fixed for the whole demo: texts that wallets sign name the origin.
    private static func freeAddress() -> String? {
        (port(8787) ?? port(0)).map { "127.0.0.1:\($0)" }
    }

    private static func port(_ wanted: UInt16) -> UInt16? {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard probe >= 0 else { return nil }
        defer { close(probe) }
        var yes: Int32 = 1
        setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutableBytes(of: &address) { raw in
            guard let pointer = raw.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(probe, pointer, length) == 0 && getsockname(probe, pointer, &length) == 0
        }
        return isBound ? UInt16(bigEndian: address.sin_port) : nil
    }
}
