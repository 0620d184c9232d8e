/// Why bytes are no header of the PROXY protocol that is served.
public enum ProxyFault: Error, Hashable, Sendable {
    /// They begin otherwise: version 1, TLS, HTTP, anything.
    case signature
    /// Another version than 2.
    case version
    /// Another command than LOCAL and PROXY.
    case command
    /// Another family than TCP over IPv4 or IPv6.
    case family
    /// The length is not what addresses and fields need.
    case length
    /// Longer than `ProxyHeader.maximumRestByteCount`.
    case tooLong
    /// The checksum is wrong, stands there twice, or has another length than 4.
    case checksum
}
