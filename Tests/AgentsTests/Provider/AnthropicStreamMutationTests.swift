import Primitives
import Testing

@testable import Agents

@Suite("Anthropic's event stream, bent at random")
struct AnthropicStreamMutationTests {
    private typealias Tape = ProviderTranscript

    /// Small numbers from a seeded source.
    private struct Dice {
        let random: SeededRandom

        func below(_ limit: Int) -> Int {
            let bytes = random.bytes(4)
            return Int(bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) % limit
        }
    }

    private static let originals: [[UInt8]] = [
        Tape.bytes(Tape.whole),
        Tape.bytes([Tape.start, Tape.textBlock, Tape.text("abc"), Tape.error("overloaded_error")]),
        Tape.bytes([
            Tape.start,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
            #"{"type":"content_block_delta","index":0,"#
                + #""delta":{"type":"thinking_delta","thinking":"\u00e9\ud83d\ude00"}}"#,
            Tape.stopBlock, Tape.end, Tape.stop,
        ]),
    ]

    @Test("Bent streams keep the promised shape, and their cutting does not matter", arguments: [UInt64(1), 7, 2_026])
    func mutations(seed: UInt64) {
        let dice = Dice(random: SeededRandom(seed: seed))
        for round in 0..<2_000 {
            var bytes = Self.originals[dice.below(Self.originals.count)]
            for _ in 0...dice.below(4) { bend(&bytes, dice) }
            let whole = read(bytes, piece: max(1, bytes.count))
            let pieces = read(bytes, piece: 1 + dice.below(40))
            #expect(whole == pieces, "seed \(seed) round \(round)")
            expectShape(whole, "seed \(seed) round \(round)")
        }
    }

    private func bend(_ bytes: inout [UInt8], _ dice: Dice) {
        guard !bytes.isEmpty else { return }
        let place = dice.below(bytes.count)
        switch dice.below(5) {
        case 0: bytes[place] ^= UInt8(1 << dice.below(8))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8(dice.below(256)), at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + dice.below(200)))
        default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + dice.below(300))], at: place)
        }
    }

    private func read(_ bytes: [UInt8], piece: Int) -> [ProviderEvent] {
        var stream = AnthropicStream()
        var events: [ProviderEvent] = []
        for start in stride(from: 0, to: bytes.count, by: piece) {
            events += stream.feed(Array(bytes[start..<min(start + piece, bytes.count)]))
        }
        return events + stream.end()
    }

    /// `started` first unless the stream failed at once, exactly one end, at the end, and no empty pieces.
    private func expectShape(_ events: [ProviderEvent], _ comment: Comment) {
        var starts = 0
        var ends = 0
        for (index, event) in events.enumerated() {
            switch event {
            case .started:
                starts += 1
                #expect(index == 0, comment)
            case .finished, .failed:
                ends += 1
                #expect(index == events.count - 1, comment)
            case .text(let piece), .thinking(let piece):
                #expect(!piece.isEmpty, comment)
            case .usage, .stopped:
                break
            }
        }
        #expect(ends == 1, comment)
        #expect(starts == 1 || events.count == 1, comment)
    }
}
