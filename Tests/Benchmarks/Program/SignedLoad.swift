import Ethereum
import Identity
import Primitives
import Synchronization

/// Clients that send requests which they have signed before, each on a thread and a connection of its own, each with a
/// wallet of its own: what is measured is the server's checking.
final class SignedLoad: Sendable {
    /// The origin at which the measured gateway wants its requests signed.
    private static let origin = "https://gateway.example"
    private static let path = "/wallet/balance"
    private static let chainID: UInt64 = 8_453

    private struct Failure: Error {}

    private let failure = Mutex<String?>(nil)

    /// `each` requests of each of `clients`.
    func run(at url: String, clients: Int, each: Int) throws -> JSON {
        let accounts = try (0..<clients).map { _ in try Account(at: url) }
        let requests = try accounts.map { account in
            _ = try account.login()
            return try (0..<each).map { _ in try SignedLoad.request(by: account.wallet) }
        }
        let start = Monotonic.nanoseconds()
        let threads = try zip(accounts, requests).map { account, requests in
            nonisolated(unsafe) let account = account  // proof: each account is handed to one thread and to no other
            return try SystemThread.start(name: "client") { self.send(requests, on: account.connection) }
        }
        for thread in threads { thread.join() }
        let rate = Rate.perSecond(clients * each, since: start)
        if let failure = failure.withLock({ $0 }) { return ["failure": .string(failure)] }
        return ["perSecond": .integer(rate)]
    }

    private func send(_ requests: [[UInt8]], on connection: PlainConnection) {
        do {
            for request in requests { try connection.ask(request) }
        } catch {
            failure.withLock { $0 = "\(error)" }
        }
    }

    private static func request(by wallet: WalletKey) throws -> [UInt8] {
        guard let origin = WebOrigin(origin) else { throw Failure() }
        let message = SignedMessage(
            method: "GET", origin: origin, path: path, query: nil, hasContent: false
        ) { _ in [] }
        let signer = RequestSigner(key: wallet, chainID: chainID, revision: .b)
        let fields = try signer.fields(for: message, content: [], at: SystemClock().now(), random: SystemRandom())
        let lines = fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        return Array("GET \(path) HTTP/1.1\r\nHost: gateway.example\r\n\(lines)\r\n".utf8)
    }
}
