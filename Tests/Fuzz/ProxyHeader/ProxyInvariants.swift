import HTTPServer

/// What must hold for all bytes that a load balancer, or somebody in its place, begins a connection with. The fuzz
/// target and the test that replays its corpus check the same.
enum ProxyInvariants {
    private typealias Reading = Result<ProxyHeader?, ProxyFault>

    /// What does not hold; nil if all does.
    static func violation(_ bytes: [UInt8]) -> String? {
        let whole = Reading { () throws(ProxyFault) in try ProxyHeader(bytes) }
        for piece in [1, 5, 16, 4_096] where inPieces(bytes, of: piece) != whole {
            return "in pieces of \(piece) bytes it reads otherwise"
        }
        guard case .success(.some) = whole else { return nil }
        guard let count = try? ProxyHeader.byteCount(startingWith: bytes), count <= bytes.count else {
            return "it was read from fewer bytes than it has"
        }
        let bound = ProxyHeader.fixedByteCount + ProxyHeader.maximumRestByteCount
        guard count <= bound else { return "it is longer than its bound" }
        let alone = Reading { () throws(ProxyFault) in try ProxyHeader(Array(bytes[..<count])) }
        return alone == whole ? nil : "what follows it changes it"
    }

    /// As a connection does it: never more than is asked for, and at most so many bytes at a time.
    private static func inPieces(_ bytes: [UInt8], of size: Int) -> Reading {
        Reading { () throws(ProxyFault) in
            var read: [UInt8] = []
            while true {
                let count = try ProxyHeader.byteCount(startingWith: read)
                if read.count == count { return try ProxyHeader(read) }
                guard read.count < bytes.count else { return nil }
                read += bytes[read.count..<min(read.count + size, count, bytes.count)]
            }
        }
    }
}
