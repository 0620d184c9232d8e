/// The body of a response, as it comes. Can be read once, by one task.
///
/// The reader sets the pace: when 256 KiB are unread, the connection is no longer read from until 64 KiB are left, and
/// TCP slows the peer down. A piece has at most 16 KiB.
///
/// To stop a response in the middle, cancel the reading task, leave the loop, or let go of the body: its transfer is
/// stopped and its connection closed at once, so that the peer notices.
public struct ClientBody: AsyncSequence, Sendable {
    /// A piece of the body, never empty.
    public typealias Element = [UInt8]
    /// What ends a body early.
    public typealias Failure = HTTPClientError

    /// Stops the transfer when the last copy of an unread body goes.
    private final class Owner: Sendable {
        let channel: ResponseChannel

        init(_ channel: ResponseChannel) {
            self.channel = channel
        }

        deinit {
            if channel.claim() { channel.abandon() }
        }
    }

    private let owner: Owner

    init(_ channel: ResponseChannel) {
        owner = Owner(channel)
    }

    /// The one reader. A second reader gets `.cancelled`.
    public func makeAsyncIterator() -> Iterator {
        Iterator(owner.channel.claim() ? owner.channel : nil)
    }

    /// Reads the body and stops the transfer when it goes.
    public final class Iterator: AsyncIteratorProtocol {
        private let channel: ResponseChannel?

        init(_ channel: ResponseChannel?) {
            self.channel = channel
        }

        deinit {
            channel?.abandon()
        }

        /// The next piece, or nil at the body's end. Throws what cut the body short.
        public func next() async throws(HTTPClientError) -> [UInt8]? {
            guard let channel else { throw .cancelled }
            return try await channel.piece()
        }

        /// The next piece, or nil at the body's end. Throws what cut the body short.
        public func next(isolation actor: isolated (any Actor)?) async throws(HTTPClientError) -> [UInt8]? {
            guard let channel else { throw .cancelled }
            return try await channel.piece()
        }
    }
}

extension ClientBody {
    /// The whole body. Throws `.tooLarge`, and stops the transfer, as soon as there are more than `limit` bytes.
    public func collect(upTo limit: Int) async throws(HTTPClientError) -> [UInt8] {
        var bytes: [UInt8] = []
        let reader = makeAsyncIterator()
        while let piece = try await reader.next() {
            guard piece.count <= limit - bytes.count else { throw .tooLarge }
            bytes.append(contentsOf: piece)
        }
        return bytes
    }
}
