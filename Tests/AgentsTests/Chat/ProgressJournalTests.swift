import EventLoops
import Primitives
import Testing

@testable import Agents

@Suite("Notes of a turn's progress")
struct ProgressJournalTests {
    @Test("The first comes within a moment, later ones each second, each with all that came by then")
    func coalesced() async throws {
        let loops = try #require(TestGateway.loops)
        let (written, write) = AsyncStream.makeStream(of: (TurnProgress, UInt64).self)
        let journal = ProgressJournal(on: loops.next()) { write.yield(($0, Monotonic.nanoseconds())) }
        let began = Monotonic.nanoseconds()
        for bytes in 1...5 { journal.note(TurnProgress(outputBytes: bytes)) }
        var iterator = written.makeAsyncIterator()
        let first = try #require(await iterator.next())
        #expect(first.0.outputBytes == 5)
        #expect(first.1 - began >= TurnLimits.firstJournalMilliseconds * 1_000_000)
        journal.note(TurnProgress(outputBytes: 6))
        journal.note(TurnProgress(outputBytes: 7))
        let second = try #require(await iterator.next())
        #expect(second.0.outputBytes == 7)
        #expect(second.1 - first.1 >= (TurnLimits.journalMilliseconds - 50) * 1_000_000)
    }

    @Test("A closed journal writes nothing more")
    func closed() async throws {
        let loops = try #require(TestGateway.loops)
        let (written, write) = AsyncStream.makeStream(of: TurnProgress.self)
        let loop = loops.next()
        let journal = ProgressJournal(on: loop) { write.yield($0) }
        journal.note(TurnProgress(outputBytes: 1))
        journal.close()
        journal.note(TurnProgress(outputBytes: 2))
        loop.execute {
            _ = loop.schedule(afterMilliseconds: 3 * TurnLimits.firstJournalMilliseconds) { write.finish() }
        }
        for await progress in written { Issue.record("wrote \(progress)") }
    }

    @Test("A slow disk makes notes fewer, never two at a time")
    func slowDisk() async throws {
        let loops = try #require(TestGateway.loops)
        let (started, start) = AsyncStream.makeStream(of: TurnProgress.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let journal = ProgressJournal(on: loops.next()) { progress in
            start.yield(progress)
            for await _ in gate { break }
        }
        journal.note(TurnProgress(outputBytes: 1))
        var iterator = started.makeAsyncIterator()
        #expect(await iterator.next()?.outputBytes == 1)
        for bytes in 2...9 { journal.note(TurnProgress(outputBytes: bytes)) }
        open.finish()
        #expect(await iterator.next()?.outputBytes == 9)
    }
}
