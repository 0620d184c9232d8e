import Identity
import Primitives

/// When the next session key is published and when it begins to sign. A pure value; the shell performs the steps. The
/// times are those of a clock that nobody can set: a host could have keys rotate at once, or never, by its own.
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

    /// The step that is due, if any. An announcement counts as done, an activation once `activated` says so: it takes
    /// evidence, which may not be had at once.
    mutating func due(at now: Timestamp) -> Step? {
        if let announcedAt {
            return now >= announcedAt.adding(seconds: SessionKeys.publicationSeconds) ? .activate : nil
        }
        guard now >= signsSince.adding(seconds: periodSeconds - SessionKeys.publicationSeconds) else { return nil }
        announcedAt = now
        return .announce
    }

    /// The announced key signs from now on.
    mutating func activated(at now: Timestamp) {
        announcedAt = nil
        signsSince = now
    }
}
