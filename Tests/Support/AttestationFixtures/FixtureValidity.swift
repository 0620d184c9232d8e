package import Primitives

/// When certificates hold.
package struct FixtureValidity: Hashable, Sendable {
    package var notBefore: Timestamp
    package var notAfter: Timestamp

    package init(notBefore: Timestamp, notAfter: Timestamp) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// From a day before `now` for so many years of 365 days.
    package static func from(_ now: Timestamp, years: Int64) -> FixtureValidity {
        FixtureValidity(notBefore: now.adding(seconds: -86_400), notAfter: now.adding(seconds: years * 365 * 86_400))
    }
}
