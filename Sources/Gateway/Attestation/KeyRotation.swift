import Identity
import Primitives

/// When the next session key is published and when it begins to sign. A pure value; the shell performs the steps.
struct KeyRotation: Hashable, Sendable {
    /// What is to be done now.
    enum Step: Hashable, Sendable {
        /// Make the next key and publish it.
        case announce
        /// Let it sign.
        case activate
    }

    private let periodSeconds: Int64
    private var signsSince: Timestamp
    private var announcedAt: Timestamp?

    /// A rotation whose first key signs since `start`. `hours` is at least 1.
    init(hours: Int, start: Timestamp) {
        periodSeconds = Int64(hours) * 3_600
        signsSince = start
    }

    /// The step that is due, if any. It counts as done.
    mutating func due(at now: Timestamp) -> Step? {
        if let announcedAt {
            guard now >= announcedAt.adding(seconds: SessionKeys.publicationSeconds) else { return nil }
            self.announcedAt = nil
            signsSince = now
            return .activate
        }
        guard now >= signsSince.adding(seconds: periodSeconds - SessionKeys.publicationSeconds) else { return nil }
        announcedAt = now
        return .announce
    }
}
