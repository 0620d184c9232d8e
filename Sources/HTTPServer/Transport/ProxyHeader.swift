import Primitives

/// The header that a load balancer puts before the client's bytes to tell whose they are: PROXY protocol version 2
/// (haproxy.org, "The PROXY protocol", section 2.2). The text form of version 1 is refused.
///
/// Section numbers are that document's. What may stand there: the 12 bytes of the signature, version 2 with the command
/// LOCAL or PROXY, for PROXY TCP over IPv4 or IPv6, the addresses, and type-length-value fields that fill the rest.
public struct ProxyHeader: Hashable, Sendable {
    /// Whose the connection is.
    public enum Origin: Hashable, Sendable {
        /// The balancer's own, for a health check: what else the header says is passed over, as 2.2 asks.
        case balancer
        /// A client's.
        case client(PeerAddress)
    }

    /// Whose the connection is.
    public let origin: Origin

    /// Signature, version and command, family, length.
    public static let fixedByteCount = 16
    /// What may follow the fixed part. Addresses take 36 bytes; balancers add some ten to some hundred bytes of fields
    /// (identifiers, TLS properties), and the document wants all of it in one segment of 536 bytes.
    public static let maximumRestByteCount = 2_048

    static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    /// How long the whole header is, said by its fixed part; before that is whole, how long that is. Throws as soon as
    /// the bytes cannot become a header any more, so that nothing is waited for in vain.
    public static func byteCount(startingWith bytes: [UInt8]) throws(ProxyFault) -> Int {
        for (byte, expected) in zip(bytes, signature) where byte != expected { throw .signature }
        if bytes.count > 12 {
            guard bytes[12] >> 4 == 2 else { throw .version }
            guard bytes[12] & 0x0F <= 1 else { throw .command }
        }
        if bytes.count > 13 { try checkFamily(bytes[13], isLocal: bytes[12] & 0x0F == 0) }
        guard bytes.count >= fixedByteCount else { return fixedByteCount }
        let rest = Int(bytes[14]) << 8 | Int(bytes[15])
        guard rest <= maximumRestByteCount else { throw .tooLong }
        return fixedByteCount + rest
    }

    /// Reads a whole header; nil if there are fewer bytes than it has. Bytes behind it are not looked at. Throws what
    /// is wrong with it.
    public init?(_ bytes: [UInt8]) throws(ProxyFault) {
        let byteCount = try ProxyHeader.byteCount(startingWith: bytes)
        guard bytes.count >= ProxyHeader.fixedByteCount, bytes.count >= byteCount else { return nil }
        guard bytes[12] & 0x0F == 1 else {
            origin = .balancer
            return
        }
        let isIPv4 = bytes[13] == ProxyHeader.tcp4
        let width = isIPv4 ? 4 : 16
        // Both addresses, then both ports (2.2): only the source is of use here.
        let fields = ProxyHeader.fixedByteCount + 2 * width + 4
        guard fields <= byteCount else { throw .length }
        let address = ProxyHeader.number(bytes[ProxyHeader.fixedByteCount..<(ProxyHeader.fixedByteCount + width)])
        let port = UInt16(truncatingIfNeeded: ProxyHeader.number(bytes[(fields - 4)..<(fields - 2)]))
        try ProxyHeader.checkFields(bytes[..<byteCount], from: fields)
        let source = isIPv4 ? IPAddress.v4(UInt32(truncatingIfNeeded: address)) : IPAddress.v6(address).unmapped
        origin = .client(PeerAddress(source, port: port))
    }

    private static let tcp4: UInt8 = 0x11
    private static let tcp6: UInt8 = 0x21

    /// A client's connection is TCP over IPv4 or IPv6. For the balancer's own any family that the document knows may
    /// stand there, and means nothing.
    private static func checkFamily(_ byte: UInt8, isLocal: Bool) throws(ProxyFault) {
        let isKnown = byte >> 4 <= 3 && byte & 0x0F <= 2
        guard isLocal ? isKnown : byte == tcp4 || byte == tcp6 else { throw .family }
    }

    private static let checksumType: UInt8 = 0x03

    /// Type (1 byte), length (2), value, again and again to the very end (2.2). Of all types the checksum alone means
    /// something here, and may stand there once (2.2.3).
    private static func checkFields(_ bytes: ArraySlice<UInt8>, from start: Int) throws(ProxyFault) {
        var place = start
        var checksum: Range<Int>?
        while place < bytes.endIndex {
            guard place + 3 <= bytes.endIndex else { throw .length }
            let value = (place + 3)..<(place + 3 + Int(bytes[place + 1]) << 8 + Int(bytes[place + 2]))
            guard value.upperBound <= bytes.endIndex else { throw .length }
            if bytes[place] == checksumType {
                guard checksum == nil, value.count == 4 else { throw .checksum }
                checksum = value
            }
            place = value.upperBound
        }
        guard let checksum else { return }
        var sum = CRC32C()
        for index in bytes.indices { sum.update(checksum.contains(index) ? 0 : bytes[index]) }
        guard number(bytes[checksum]) == UInt128(sum.value) else { throw .checksum }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt128 {
        bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }
}
