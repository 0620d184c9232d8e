import Primitives
import Synchronization

@testable import Ethereum

/// A node that says what a test tells it to.
final class ScriptedNode: ChainTransport {
    enum Behaviour: Sendable {
        /// Answers, and says yes or no to every signature.
        case answers(code: String, says: Bool)
        /// Answers a call with these very words for the result.
        case raw(code: String, call: String)
        /// Answers every call with an error.
        case refuses
        /// Cannot be reached.
        case isDown
        /// Never answers, until it is no longer waited for.
        case hangs
    }

    private let behaviour: Behaviour
    private let chainID: UInt64
    private let seen = Mutex<[String]>([])

    init(_ behaviour: Behaviour, chainID: UInt64 = 8_453) {
        self.behaviour = behaviour
        self.chainID = chainID
    }

    /// The methods that were called, in order.
    var calls: [String] { seen.withLock { $0 } }

    func post(_ body: [UInt8], maximumBytes: Int) async throws(ChainTransportFault) -> [UInt8] {
        let method = (try? JSON(parsing: body))?["method"]?.string ?? ""
        seen.withLock { $0.append(method) }
        let chain = "0x" + String(chainID, radix: 16)
        switch behaviour {
        case .answers(let code, let says):
            let word = "0x" + Hex.encode(ABI.word(says ? 1 : 0))
            return answer(["eth_chainId": chain, "eth_getCode": code, "eth_call": word], method)
        case .raw(let code, let call):
            return answer(["eth_chainId": chain, "eth_getCode": code, "eth_call": call], method)
        case .refuses:
            let error: JSON = ["jsonrpc": "2.0", "id": 1, "error": ["code": 3, "message": "execution reverted"]]
            return error.bytes
        case .isDown: throw ChainTransportFault()
        case .hangs:
            try? await Task.sleep(for: .seconds(3_600))  // pause: until the caller has enough, which cancels it
            throw ChainTransportFault()
        }
    }

    private func answer(_ results: [String: String], _ method: String) -> [UInt8] {
        let answer: JSON = ["jsonrpc": "2.0", "id": 1, "result": results[method].map { .string($0) } ?? nil]
        return answer.bytes
    }
}
