import CCurl
import Glibc

/// What libcurl says at a transfer's end, translated.
struct TransferOutcome {
    /// libcurl's result.
    var code: CURLcode
    /// Whether the response's final head had come.
    var hasHead = false
    /// errno of the connection attempt.
    var systemError: CInt = 0
    /// OpenSSL's verification code (X509_V_ERR_...).
    var verification = 0
    /// Addresses that the policy refused.
    var refusedAddresses = 0
    /// Addresses to which a connection was tried.
    var triedAddresses = 0

    /// How the response ends.
    var ending: ResponseFlow.Ending {
        code == CURLE_OK && hasHead ? .complete : .failed(error)
    }

    private var error: HTTPClientError {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: .connectFailed(.nameNotResolved)
        case CURLE_COULDNT_CONNECT: connectError
        case CURLE_OPERATION_TIMEDOUT: .timedOut(.connect)
        case CURLE_PEER_FAILED_VERIFICATION: .tls(verificationFailure)
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: .tls(.keyNotPinned)
        case CURLE_SSL_CACERT_BADFILE: .tls(.badAnchors)
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            .tls(.handshake)
        // libcurl is content with half a head.
        case CURLE_OK, CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR,
            CURLE_SEND_FAIL_REWIND:
            .cut
        // An HTTP/0.9 answer is an "unsupported protocol"; a URL of another scheme never comes this far.
        // A head that begins with a folded line is a "bad argument" to libcurl's own store of header fields.
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING,
            CURLE_BAD_FUNCTION_ARGUMENT:
            .malformedResponse
        case CURLE_URL_MALFORMAT: .badURL
        default: .other(code.rawValue)
        }
    }

    private var connectError: HTTPClientError {
        if refusedAddresses > 0 && triedAddresses == 0 { return .egressRefused }
        switch systemError {
        case ECONNREFUSED: return .connectFailed(.refused)
        case ENETUNREACH, EHOSTUNREACH: return .connectFailed(.unreachable)
        case ETIMEDOUT: return .timedOut(.connect)
        default: return .connectFailed(.other(systemError))
        }
    }

    private var verificationFailure: TLSFailure {
        switch verification {
        case 1: .wrongHost  // libcurl checks the name before it takes over OpenSSL's verdict, and leaves this there
        case 9, 10: .expired  // X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
        default: .untrusted(code: verification)
        }
    }
}
