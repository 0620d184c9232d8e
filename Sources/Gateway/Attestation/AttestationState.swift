import Primitives
import Synchronization

/// What an `AttestationService` remembers between its steps.
final class AttestationState: Sendable {
    struct Values {
        var rotation: KeyRotation
        /// Whether AMD's roots vouch for the boot report.
        var isAuthentic = false
        /// Whether the last boot report could not be made.
        var hasFailed = false
        /// Certificates that the last report lacks, and why.
        private(set) var missing: [String] = []
        private var retryAt: Timestamp?

        init(rotation: KeyRotation) {
            self.rotation = rotation
        }

        mutating func missing(_ what: [String], retryAt: Timestamp?) {
            missing = what
            self.retryAt = retryAt
        }

        /// Whether certificates that were missing may be had now.
        func isRetryDue(at now: Timestamp) -> Bool {
            retryAt.map { $0 <= now } ?? false
        }
    }

    private let values: Mutex<Values>

    init(rotation: KeyRotation) {
        values = Mutex(Values(rotation: rotation))
    }

    func withLock<R: Sendable>(_ body: (inout Values) -> R) -> R {
        values.withLock { body(&$0) }
    }
}
