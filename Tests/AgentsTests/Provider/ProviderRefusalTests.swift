import Testing

@testable import Agents

@Suite("A provider's refusals")
struct ProviderRefusalTests {
    @Test(
        "Each status has one fixed outcome",
        arguments: [
            (400, ProviderRefusal.requestRefused), (401, .keyRejected), (402, .requestRefused), (403, .keyRejected),
            (404, .requestRefused), (408, .unavailable), (413, .requestRefused), (422, .requestRefused),
            (429, .rateLimited(retryAfterSeconds: 10)), (500, .unavailable), (503, .unavailable), (529, .unavailable),
            (204, .unavailable), (302, .unavailable),
        ])
    func statuses(status: Int, refusal: ProviderRefusal) {
        #expect(ProviderRefusal(status: status, retryAfter: nil) == refusal)
    }

    @Test(
        "Retry-After is taken in seconds, within bounds",
        arguments: [
            ("0", 1), ("1", 1), ("17", 17), ("3599", 3_599), ("3600", 3_600), ("3601", 3_600),
            ("99999999999999999999", 3_600), ("", 10), ("-5", 10), ("1.5", 10), ("Fri, 20 Nov 2026 13:00:00 GMT", 10),
        ])
    func retryAfter(field: String, seconds: Int) {
        #expect(
            ProviderRefusal(status: 429, retryAfter: field) == .rateLimited(retryAfterSeconds: seconds), "\(field)")
    }

    @Test("A stream that fails before it started is a refusal of its kind")
    func faults() {
        let outcomes = ProviderFault.allCases.map { ($0, ProviderRefusal($0)) }
        for (fault, refusal) in outcomes {
            switch fault {
            case .keyRejected: #expect(refusal == .keyRejected)
            case .rateLimited: #expect(refusal == .rateLimited(retryAfterSeconds: 10))
            case .requestRefused: #expect(refusal == .requestRefused)
            default: #expect(refusal == .unavailable, "\(fault)")
            }
        }
    }
}
