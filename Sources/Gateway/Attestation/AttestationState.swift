import Attestation
import Primitives
import Synchronization

/// What an `AttestationService` remembers between its steps.
final class AttestationState: Sendable {
    struct Values {
        var rotation: KeyRotation
        /// Whether AMD's roots vouch for the boot report.
        var isAuthentic = false
        /// The evidence of each published key that has some, JSON text by thumbprint.
        var evidence: [String: [UInt8]] = [:]
        /// The boot report that could not be kept yet, and since when its key signs.
        var unkept: EvidenceBundle?
        /// Whether the chip is a Milan.
        var isMilan = false
        /// Whether the last boot report could not be made.
        var hasFailed = false
        /// Certificates that the last report lacks, and why.
        private(set) var missing: [String] = []
        private var retryAt: Timestamp?
        /// Whether the kept keys of earlier starts were looked at.
        var hasLooked = false
        /// A device that failed is asked again soon: without a report the key that signs has no evidence.
        private static let retrySeconds: Int64 = 30

        init(rotation: KeyRotation) {
            self.rotation = rotation
        }

        mutating func missing(_ what: [String], retryAt: Timestamp?) {
            missing = what
            self.retryAt = retryAt
        }

        /// The report could not be had; it is tried again.
        mutating func failed(at now: Timestamp) {
            hasFailed = true
            retryAt = now.adding(seconds: Values.retrySeconds)
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
