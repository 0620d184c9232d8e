import DatabaseFixtures
import Foundation
import Primitives
import Telemetry
import Testing

@testable import Agents

@Suite("What the operator learns of turns", .onEveryEngine)
struct TurnWatchTests {
    @Test("Each turn is counted by its outcome; only what should not happen is logged, without content")
    func outcomes() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let file = try #require(FileHandle(forWritingAtPath: path))
        let log = Log(descriptor: file.fileDescriptor, clock: ManualClock(Timestamp(unixSeconds: 0)))
        let metrics = Metrics()
        let provider = ScriptedProvider()
        let gateway = try await TestGateway(
            provider: provider, spending: FailingLedger(settleFailures: 3),
            watch: TurnWatch(log: log, metrics: metrics))
        let id = try await gateway.conversation()
        provider.answer(ProviderEvent.hello)
        _ = try await gateway.say(gateway.request(id, "Needle"))
        #expect(try await gateway.chat.sweep().ended == 1)
        provider.answer(ProviderEvent.hello)
        _ = try await gateway.say(gateway.request(id, "Needle"))
        provider.refuse(.keyRejected)
        await #expect(throws: ChatError.self) { try await gateway.chat.start(gateway.request(id, "Needle")) }
        await gateway.close()
        log.close()

        let page = metrics.render()
        #expect(page.contains("sealgate_chat_turns_total{outcome=\"finished\"} 2"))
        #expect(page.contains("sealgate_chat_turns_total{outcome=\"provider_key_rejected\"} 1"))
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        let lines = try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(lines.map { $0["event"]?.string } == ["turn_not_recorded", "turns_recorded_late"])
        #expect(lines.first?["call"]?.string?.hasPrefix("call_") == true)
        #expect(lines.first?["reason"] == "the disk is full")
        #expect(!text.contains("Needle") && !text.contains("Hello"))
    }
}
