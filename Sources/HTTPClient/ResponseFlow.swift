/// What has come of a response and what its reader may have: decides when the transfer is held up and let go again.
///
/// `awaiting head -> streaming -> ended`; an end may come at any time. After a good end or a fault, the reader still
/// gets what had come before; after `abandon` it gets nothing more.
struct ResponseFlow {
    /// Unread bytes at which the transfer is held. 256 KiB: 20 ms at 100 Mbit/s.
    static let highWater = 262_144
    /// Unread bytes at which it goes on. 64 KiB: the reader still has work while the connection gets going.
    static let lowWater = 65_536
    /// Small arrivals are joined into pieces up to this size, so that unread single bytes cost no array each.
    static let pieceBytes = 16_384

    /// How a response ends.
    enum Ending: Equatable {
        case complete
        case failed(HTTPClientError)
    }

    /// What to do with bytes that came.
    enum Receipt: Equatable {
        case taken
        /// Keep them: the reader is behind. Offer them again after `Reading.piece` asked for more.
        case hold
        /// The body passes its limit.
        case refused
    }

    /// What a reader gets.
    enum Reading: Equatable {
        case piece([UInt8], goesOn: Bool)
        case end
        case failure(HTTPClientError)
        case nothingYet
    }

    private let byteLimit: Int
    private var pieces: [[UInt8]] = []
    private var firstPiece = 0
    private var unread = 0
    private var total = 0
    private var isHeld = false
    private var head: ResponseHead?
    private var ending: Ending?

    /// A response whose body may have `byteLimit` bytes.
    init(byteLimit: Int?) {
        self.byteLimit = byteLimit ?? .max
    }

    /// Whether nothing more is wanted or expected from the connection.
    var hasEnded: Bool { ending != nil }

    /// The head is there.
    mutating func receive(_ head: ResponseHead) {
        self.head = head
    }

    /// Bytes of the body are there.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> Receipt {
        guard bytes.count <= byteLimit - total else { return .refused }
        if unread >= ResponseFlow.highWater {
            isHeld = true
            return .hold
        }
        total += bytes.count
        unread += bytes.count
        if let last = pieces.indices.last, last >= firstPiece, pieces[last].count + bytes.count <= Self.pieceBytes {
            pieces[last].append(contentsOf: bytes)
        } else {
            pieces.append(Array(bytes))
        }
        return .taken
    }

    /// The response is whole, or will never be. The first ending counts.
    mutating func end(_ ending: Ending) {
        if self.ending == nil { self.ending = ending }
    }

    /// The reader has gone. Returns whether there is still a transfer to stop.
    mutating func abandon() -> Bool {
        pieces = []
        firstPiece = 0
        unread = 0
        defer { ending = .failed(.cancelled) }
        return ending == nil
    }

    /// The head, or why there is none; nil while it may still come.
    func readHead() -> Result<ResponseHead, HTTPClientError>? {
        if let head, ending != .failed(.cancelled) { return .success(head) }
        guard let ending else { return nil }
        guard case .failed(let error) = ending else { return .failure(.malformedResponse) }
        return .failure(error)
    }

    /// The next piece of the body.
    mutating func read() -> Reading {
        if firstPiece < pieces.count {
            let piece = takeFirst()
            let goesOn = isHeld && unread <= ResponseFlow.lowWater
            if goesOn { isHeld = false }
            return .piece(piece, goesOn: goesOn)
        }
        switch ending {
        case .complete: return .end
        case .failed(let error): return .failure(error)
        case nil: return .nothingYet
        }
    }

    private mutating func takeFirst() -> [UInt8] {
        var piece: [UInt8] = []
        swap(&piece, &pieces[firstPiece])
        firstPiece += 1
        unread -= piece.count
        if firstPiece == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            firstPiece = 0
        }
        return piece
    }
}
