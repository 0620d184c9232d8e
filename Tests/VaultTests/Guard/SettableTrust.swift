import Cryptography
import Primitives
import Synchronization

@testable import Vault

/// Trust that the test sets; nil cannot be asked for.
final class SettableTrust: TrustSource {
    struct Failed: Error {}

    private let state: Mutex<TrustState?>

    init(_ state: TrustState?) {
        self.state = Mutex(state)
    }

    func set(_ state: TrustState?) {
        self.state.withLock { $0 = state }
    }

    func reading() throws -> TrustReading {
        guard let state = state.withLock({ $0 }) else { throw Failed() }
        return TrustReading(state, reasonCode: "set_\(state.rawValue)", detail: "The test says so.")
    }
}

extension OpenVaults {
    /// Behind a guard that lets everything through.
    convenience init(
        random: any RandomSource, windowSeconds: Int64 = defaultWindowSeconds, maximum: Int = defaultMaximum
    ) throws(SecretError) {
        try self.init(
            random: random,
            release: ReleaseGuard(ReleasePolicy(.permissive), trust: SettableTrust(.trusted), clock: SystemClock()),
            windowSeconds: windowSeconds, maximum: maximum)
    }
}
