/// Takes secrets out of a text that comes in pieces: `[REDACTED:NAME]` for known values, `[REDACTED]` for what only
/// looks like one. A pure value: pieces in, what may be shown out.
///
/// Where a piece ends in what may be the beginning of a secret, that much is held back until it is clear: never more
/// than the longest form of a known value, or some twenty bytes without one. Secrets that overlap are taken out as one,
/// under the longest one's name.
public struct StreamScrubber: Sendable {
    /// A secret that is being left out.
    private struct Cover: Sendable {
        /// How many of the next bytes belong to it.
        var count: Int
        var longest: Int
        var name: String?
        var run: SecretRun?
        /// Whether the word for it was put out already.
        var isTold = false

        var label: String { name.map { "[REDACTED:\($0)]" } ?? "[REDACTED]" }

        func takes(_ byte: UInt8) -> Bool { count > 0 || run?.takes(byte) ?? false }

        mutating func merge(count: Int, name: String?, run: SecretRun?) {
            if count > longest, name != nil || self.name == nil { self.name = name }
            longest = max(longest, count)
            self.count = max(self.count, count)
            if let run { self.run = run }
        }
    }

    /// What a byte can have to do with a secret's beginning.
    private struct Mark: OptionSet {
        let rawValue: UInt8
        static let begins = Mark(rawValue: 1)
        static let precedes = Mark(rawValue: 2)
    }

    private enum Stage {
        case more
        case pause
        case end
    }

    private let known: KnownValues
    private let extent: SecretPatterns.Extent
    /// For each byte whether a secret may begin with it, or right after it.
    private let marks: [Mark]
    private var held: [UInt8] = []
    /// How many bytes of `held` were put out already, at a pause.
    private var shown = 0
    /// What came before `held`, secrets left out.
    private var context: [UInt8] = []
    private var cover: Cover?

    /// A text of which nothing has come, searched for these values and for everything that looks secret.
    public init(_ known: KnownValues) {
        self.init(known, extent: .all)
    }

    init(_ known: KnownValues, extent: SecretPatterns.Extent) {
        self.known = known
        self.extent = extent
        var marks = [Mark](repeating: [], count: 256)
        for byte in known.beginnings.union(SecretPatterns.beginnings) { marks[Int(byte)] = .begins }
        if extent == .all { for byte in SecretPatterns.separators { marks[Int(byte)].insert(.precedes) } }
        self.marks = marks
    }

    /// The next piece; what may be shown now, perhaps nothing.
    public mutating func feed(_ piece: String) -> String {
        guard !piece.isEmpty else { return "" }
        held.append(contentsOf: piece.utf8)
        return scan(.more)
    }

    /// Whether something waits for what comes next. Then, after a while without text, call `pause`.
    public var isHolding: Bool { held.count > shown }

    /// Nothing came for a while: what can be shown of what is held back. It still counts: a secret that goes on after
    /// it is left out from there, so that no more than its first bytes were seen.
    public mutating func pause() -> String { scan(.pause) }

    /// The rest, once nothing more comes.
    public mutating func finish() -> String { scan(.end) }

    /// A whole text.
    static func scrub(_ text: String, of known: KnownValues, extent: SecretPatterns.Extent) -> String {
        var scrubber = StreamScrubber(known, extent: extent)
        return scrubber.feed(text) + scrubber.finish()
    }

    private mutating func scan(_ stage: Stage) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(held.count)
        var position = 0
        scanning: while position < held.count {
            let byte = held[position]
            if let cover, !cover.takes(byte) { uncover(&out) }
            switch sighting(at: position, after: context, isLast: stage == .end) {
            case .nothing: break
            case .open: break scanning
            case .secret(let count, let name, let run):
                if cover == nil { cover = Cover(count: 0, longest: 0) }
                cover?.merge(count: count, name: name, run: run)
            }
            if cover == nil, position >= shown { out.append(byte) }
            remember(cover == nil ? byte : StreamScrubber.blank)
            if let count = cover?.count, count > 0 { cover?.count = count - 1 }
            position += 1
        }
        held.removeFirst(position)
        shown = max(0, shown - position)
        if stage == .pause { show(&out) }
        if stage == .end { uncover(&out) }
        return String(decoding: out, as: UTF8.self)
    }

    /// What stands for a byte of a secret in the context.
    private static let blank = UInt8(ascii: "*")

    private func sighting(at position: Int, after context: [UInt8], isLast: Bool) -> Sighting {
        let mayBegin = marks[Int(held[position])].contains(.begins)
        let mayFollow = context.last.map { marks[Int($0)].contains(.precedes) } ?? false
        guard mayBegin || mayFollow else { return .nothing }
        return held.withUnsafeBytes { bytes in
            let text = UnsafeRawBufferPointer(rebasing: bytes[position...])
            if mayBegin {
                let known = known.sighting(in: text, isLast: isLast)
                if case .open = known { return known }
                let prefixed = SecretPatterns.prefixed(text, isLast: isLast)
                switch (known, prefixed) {
                case (.secret(let count, let name, _), .secret(let other, _, let run)):
                    return .secret(count: max(count, other), name: name, run: run)
                case (.nothing, .nothing): break
                case (_, .nothing): return known
                default: return prefixed
                }
            }
            return mayFollow ? SecretPatterns.valued(text, after: context[...], isLast: isLast) : .nothing
        }
    }

    private mutating func remember(_ byte: UInt8) {
        // Cut down once in a while rather than at each byte.
        if context.count >= 4 * SecretPatterns.contextBytes {
            context.removeFirst(context.count - SecretPatterns.contextBytes)
        }
        context.append(byte)
    }

    private mutating func uncover(_ out: inout [UInt8]) {
        if let cover, !cover.isTold { out.append(contentsOf: cover.label.utf8) }
        cover = nil
    }

    /// Puts out what may be seen of what is held back.
    private mutating func show(_ out: inout [UInt8]) {
        if let cover {
            // Nothing of it is shown; its word can be, once its length is down to a run.
            guard cover.count == 0, !cover.isTold else { return }
            out.append(contentsOf: cover.label.utf8)
            self.cover?.isTold = true
            return
        }
        var end = held.count
        var before = context
        for position in 0..<held.count where position < end {
            switch sighting(at: position, after: before, isLast: false) {
            case .nothing: break
            case .open(let showing): end = min(end, position + showing)
            case .secret: end = position
            }
            before.append(held[position])
        }
        while end < held.count, end > 0, held[end] & 0xC0 == 0x80 { end -= 1 }
        guard end > shown else { return }
        out.append(contentsOf: held[shown..<end])
        shown = end
    }
}
