import Foundation
import Primitives
import Telemetry
import Testing

@Suite("Log and metrics")
struct TelemetryTests {
    private func lines(from pipe: Pipe) throws -> [JSON] {
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
    }

    @Test("Each line is one JSON object, whatever is in it")
    func lines() throws {
        let pipe = Pipe()
        let log = Log(
            descriptor: pipe.fileHandleForWriting.fileDescriptor, clock: ManualClock(Timestamp(unixSeconds: 0)))
        log.write("request", [("id", .id("a\"b\n\u{1}")), ("status", .number(200)), ("held", .flag(true))])
        log.write("long", [("id", .id(String(repeating: "x", count: 500)))])
        log.close()
        log.write("after close")
        let lines = try lines(from: pipe)
        #expect(lines.count == 2)
        #expect(lines.first?["id"]?.string == "a\"b\n\u{1}")
        #expect(lines.first?["time"]?.string == "1970-01-01T00:00:00.000Z")
        #expect(lines.first?["status"]?.integer == 200)
        #expect(lines.last?["id"]?.string?.count == 200)
    }

    @Test("A reader that stands still loses lines, never time, and is told how many")
    func overflow() async throws {
        let pipe = Pipe()
        let log = Log(
            descriptor: pipe.fileHandleForWriting.fileDescriptor, clock: ManualClock(Timestamp(unixSeconds: 0)))
        let text = String(repeating: "x", count: 200)
        let handedOver = 40_000
        for _ in 0..<handedOver { log.write("filler", [("id", .id(text))]) }
        let reader = Task.detached { pipe.fileHandleForReading.readDataToEndOfFile() }
        log.close()
        try pipe.fileHandleForWriting.close()
        let lines = String(decoding: await reader.value, as: UTF8.self).split(separator: "\n")
        #expect(lines.count < handedOver, "some were dropped")
        #expect(lines.count > 10_000, "those that fitted were kept")
    }

    @Test("The page is Prometheus text")
    func page() {
        let metrics = Metrics()
        metrics.counter("sealgate_logins_total", help: "Logins.", labels: [("result", "ok")]).add(2)
        metrics.counter("sealgate_logins_total", help: "Logins.", labels: [("result", "ok")]).add()
        metrics.gauge("sealgate_open", help: "Open.") { 7 }
        let histogram = metrics.histogram("sealgate_seconds", help: "Time.", labels: [("route", "/a\"b")])
        #expect(histogram === metrics.histogram("sealgate_seconds", help: "Time.", labels: [("route", "/a\"b")]))
        for microseconds: Int64 in [50, 51, 60_000_001] { histogram.record(microseconds: microseconds) }
        let page = metrics.render()
        for line in [
            "# TYPE sealgate_logins_total counter", "sealgate_logins_total{result=\"ok\"} 3", "sealgate_open 7",
            "sealgate_seconds_bucket{route=\"/a\\\"b\",le=\"0.000050\"} 1",
            "sealgate_seconds_bucket{route=\"/a\\\"b\",le=\"0.000100\"} 2",
            "sealgate_seconds_bucket{route=\"/a\\\"b\",le=\"60.000000\"} 2",
            "sealgate_seconds_bucket{route=\"/a\\\"b\",le=\"+Inf\"} 3",
            "sealgate_seconds_sum{route=\"/a\\\"b\"} 60.000102", "sealgate_seconds_count{route=\"/a\\\"b\"} 3",
        ] {
            #expect(page.split(separator: "\n").contains(Substring(line)), "\(line)")
        }
        #expect(histogram.count == 3)
        #expect(histogram.maximumMicroseconds == 60_000_001)
    }
}
