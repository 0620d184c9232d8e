extension UnsafeRawBufferPointer {
    /// The start, for calls that take no null pointer. The buffer must not be empty.
    var octets: UnsafePointer<UInt8> {
        guard let baseAddress else { preconditionFailure("a key is not empty") }
        return baseAddress.assumingMemoryBound(to: UInt8.self)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The start, for calls that take no null pointer. The buffer must not be empty.
    var octets: UnsafeMutablePointer<UInt8> {
        guard let baseAddress else { preconditionFailure("a key is not empty") }
        return baseAddress.assumingMemoryBound(to: UInt8.self)
    }
}
