import Cryptography
import Primitives

/// A chain as its nodes show it. With several nodes two must say the same; with one, that one is believed.
public struct Chain: Sendable {
    /// How long a node may take for one answer. Three of them, the first with the chain's number, fit into the patience
    /// of a person who logs in.
    public static let answerMilliseconds: UInt64 = 4_000
    /// How many nodes must say the same, if there are so many.
    public static let agreement = 2
    /// The most nodes: all are asked at once.
    public static let maximumNodes = 4
    /// The longest answer with code: ten times what a contract may have (EIP-170), in hex.
    static let maximumCodeAnswerBytes = 512 << 10
    /// The longest answer with a word or a number.
    static let maximumSmallAnswerBytes = 16 << 10

    /// Who is said to call. Not the zero address: some wallets take that for a simulation and say yes to anything.
    /// It follows from a name, so nobody holds its key.
    static let caller: Address = {
        let hash = Keccak256.hash(Array("sealgate/signature-check/v1".utf8))
        guard let address = Address(bytes: Array(hash.suffix(Address.byteCount))) else {
            preconditionFailure("a hash has more than twenty bytes")
        }
        return address
    }()

    /// Its EIP-155 number.
    public let id: UInt64
    private let nodes: [ChainNode]

    /// A chain with one to `maximumNodes` nodes.
    public init(id: UInt64, transports: [any ChainTransport]) {
        precondition((1...Chain.maximumNodes).contains(transports.count), "a chain has one to four nodes")
        self.id = id
        nodes = transports.map { ChainNode(chainID: id, transport: $0) }
    }

    /// What stands at the account in the latest block.
    func code(of account: Address) async throws(SignatureRefusal) -> AccountCode {
        let code = try await agreed(
            "eth_getCode", [.string(account.lowercase), "latest"], maximumBytes: Chain.maximumCodeAnswerBytes)
        return AccountCode(code)
    }

    /// Runs `SignatureProbe` in the latest block.
    func runsToYes(_ probe: [UInt8]) async throws(SignatureRefusal) -> Bool {
        let call: JSON = [
            "from": .string(Chain.caller.lowercase), "data": .string("0x" + Hex.encode(probe)),
            "gas": .string("0x" + String(SignatureProbe.gas, radix: 16)),
        ]
        let returned = try await agreed("eth_call", [call, "latest"], maximumBytes: Chain.maximumSmallAnswerBytes)
        guard let verdict = SignatureProbe.verdict(returned) else { throw .unavailable }
        return verdict
    }

    /// What enough nodes say. All are asked at once, and none is waited for longer than needed.
    private func agreed(
        _ method: String, _ parameters: [JSON], maximumBytes: Int
    ) async throws(SignatureRefusal) -> [UInt8] {
        let answer: [UInt8]?
        if nodes.count == 1 {
            answer = await nodes[0].bytes(method, parameters, maximumBytes: maximumBytes)
        } else {
            answer = await withTaskGroup(of: [UInt8]?.self) { group in
                for node in nodes {
                    group.addTask { await node.bytes(method, parameters, maximumBytes: maximumBytes) }
                }
                var counts: [[UInt8]: Int] = [:]
                for await case let answer? in group {
                    counts[answer, default: 0] += 1
                    guard counts[answer] != Chain.agreement else {
                        group.cancelAll()
                        return answer
                    }
                }
                return nil
            }
        }
        guard let answer else { throw .unavailable }
        return answer
    }
}
