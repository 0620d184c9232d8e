/// Why a request or its response failed. Carries no URL, no header value and no content, so it may be logged.
public enum HTTPClientError: Error, Hashable, Sendable {
    /// Not an absolute http or https URL with a host, or one with a user name, white space or bytes outside ASCII.
    case badURL
    /// A method or header field that cannot be sent: see `RequestFault`.
    case badRequest(RequestFault)
    /// No connection came about.
    case connectFailed(ConnectFailure)
    /// A limit of the request's `ClientLimits` passed.
    case timedOut(TimeLimit)
    /// The peer could not be trusted, or TLS could not be agreed on.
    case tls(TLSFailure)
    /// The client's `EgressPolicy` permits none of the host's addresses.
    case egressRefused
    /// The connection ended before the response was whole: without any answer, in the head, or in the body. Chunks
    /// that cannot be read are a cut, too: libcurl does not tell the two apart.
    case cut
    /// The task was cancelled, the body was dropped, or a second reader came.
    case cancelled
    /// The response's head or body passed a limit of the request's `ClientLimits`, or of `collect(upTo:)`.
    case tooLarge
    /// The answer is not HTTP/1.1, or says two things at once (two lengths, a length and a coding).
    case malformedResponse
    /// libcurl's own code (CURLcode) for what has no case here: memory, mostly.
    case other(UInt32)
}

/// What is wrong with a request.
public enum RequestFault: Hashable, Sendable {
    /// The method is not a token (RFC 9110 section 9.1), or is CONNECT.
    case method
    /// A field's name is not a token, or its value holds a control character.
    case field(name: String)
    /// A field that the client itself writes: Host, Content-Length, Transfer-Encoding, Connection, Expect and kin.
    case reservedField(name: String)
    /// HEAD with a body, or a pin that is not 32 bytes.
    case combination
}

/// Why no connection came about.
public enum ConnectFailure: Hashable, Sendable {
    /// The host's name has no address, or the name servers do not answer.
    case nameNotResolved
    /// The host answers, but not on that port.
    case refused
    /// There is no route to the host.
    case unreachable
    /// Another error number (errno(3)); 0 when unknown.
    case other(Int32)
}

/// Why TLS failed.
public enum TLSFailure: Hashable, Sendable {
    /// The chain ends in no anchor that the client trusts; OpenSSL's verification code (X509_V_ERR_...).
    case untrusted(code: Int)
    /// The certificate is for other hosts.
    case wrongHost
    /// The certificate, or one above it, has expired or is not yet valid.
    case expired
    /// The chain is good, but the key is not the one that the request pins.
    case keyNotPinned
    /// The client's trust anchors hold no certificate that OpenSSL can read.
    case badAnchors
    /// No agreement on version, cipher or protocol, or the peer broke off.
    case handshake
}
