/// Input that came while an answer was still under way: the start of the next, pipelined requests. Bounded by one read.
struct PendingInput {
    private var bytes: [UInt8] = []
    private var start = 0

    var isEmpty: Bool { start == bytes.count }

    mutating func append(_ more: Span<UInt8>) {
        bytes.append(copying: more)
    }

    /// Moves the input out while it is read, so that reading may append.
    mutating func take() -> PendingInput {
        let taken = self
        bytes = []
        start = 0
        return taken
    }

    /// Puts back what a reader did not use, unless nothing is left.
    mutating func putBack(_ rest: consuming PendingInput) {
        if isEmpty { self = rest } else { append(rest.bytes.span.extracting(rest.start...)) }
    }

    /// Calls `body` with the input and drops what it says it used.
    mutating func read(_ body: (Span<UInt8>) -> Int) {
        start += body(bytes.span.extracting(start...))
        if isEmpty { wipe() }
    }

    mutating func wipe() {
        bytes.wipe()
        bytes = []
        start = 0
    }
}
