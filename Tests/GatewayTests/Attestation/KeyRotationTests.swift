import Identity
import Primitives
import Testing

@testable import Gateway

@Suite("The session key rotates by the clock")
struct KeyRotationTests {
    private static let start = Timestamp(unixSeconds: 1_790_000_000)

    @Test("The next key is published five minutes before its time, then signs; then it begins anew")
    func steps() {
        var rotation = KeyRotation(hours: 2, start: KeyRotationTests.start)
        let announced = KeyRotationTests.start.adding(seconds: 2 * 3_600 - SessionKeys.publicationSeconds)
        #expect(rotation.due(at: KeyRotationTests.start) == nil)
        #expect(rotation.due(at: announced.adding(milliseconds: -1)) == nil)
        #expect(rotation.due(at: announced) == .announce)
        #expect(rotation.due(at: announced) == nil, "announced once")
        let active = announced.adding(seconds: SessionKeys.publicationSeconds)
        #expect(rotation.due(at: active.adding(milliseconds: -1)) == nil)
        #expect(rotation.due(at: active) == .activate)
        #expect(rotation.due(at: active) == .activate, "due until it is done")
        rotation.activated(at: active)
        #expect(rotation.due(at: active) == nil)
        #expect(rotation.due(at: active.adding(seconds: 2 * 3_600)) == .announce)
    }

    @Test("A process that slept through its time catches up one step at a time, and still publishes before it signs")
    func late() {
        var rotation = KeyRotation(hours: 1, start: KeyRotationTests.start)
        let late = KeyRotationTests.start.adding(seconds: 50 * 3_600)
        #expect(rotation.due(at: late) == .announce)
        #expect(rotation.due(at: late) == nil)
        #expect(rotation.due(at: late.adding(seconds: SessionKeys.publicationSeconds)) == .activate)
    }
}
