import Primitives
import Synchronization

/// Request ids: `req_`, eight characters of the process, a running number. Unique, cheap, and no secret.
final class RequestNumbers: Sendable {
    private let prefix: String
    private let last = Atomic<UInt64>(0)

    init(random: some RandomSource) {
        prefix = "req_\(Hex.encode(random.bytes(4)))_"
    }

    func next() -> String {
        prefix + String(last.add(1, ordering: .relaxed).newValue, radix: 36)
    }
}
