import CCurl
import HTTPTypes
import Primitives

extension EasyHandle {
    /// libcurl's buffers for receiving and sending, in bytes. 16 KiB, a TLS record: thousands of streams are open.
    private static let bufferBytes = 16_384

    /// Tells libcurl all about a request but the callbacks. `lines` must live as long as the transfer.
    func configure(
        _ plan: RequestPlan, _ settings: EngineSettings, lines: UnsafeMutablePointer<curl_slist>?
    ) throws(HTTPClientError) {
        try set(CURLOPT_URL, plan.target.url)
        try set(CURLOPT_HTTPHEADER, list: lines)
        try restrict()
        try setLimits(plan.request.limits, settings.connections)
        try setTrust(settings.trust, pin: plan.request.pinnedKeySHA256)
        try setMethod(plan)
    }

    /// Turns off what libcurl would do of its own accord or at the environment's wish.
    private func restrict() throws(HTTPClientError) {
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_HTTP09_ALLOWED, 0)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NOPROXY, "*")
        try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
    }

    private func setLimits(_ limits: ClientLimits, _ connections: ConnectionLimits) throws(HTTPClientError) {
        try set(CURLOPT_BUFFERSIZE, EasyHandle.bufferBytes)
        try set(CURLOPT_UPLOAD_BUFFERSIZE, EasyHandle.bufferBytes)
        try set(CURLOPT_MAXAGE_CONN, connections.idleSeconds)
        try set(CURLOPT_MAXLIFETIME_CONN, connections.lifetimeSeconds)
        // libcurl shares this time out among a host's addresses; the limit itself is the transfer's own timer.
        try set(CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: min(limits.connectMilliseconds, UInt64(Int32.max))))
        // Without it, breaking off during a name lookup would block the loop until the name server answers.
        try set(CURLOPT_QUICK_EXIT, 1)
    }

    private func setTrust(_ trust: TrustAnchors, pin: [UInt8]?) throws(HTTPClientError) {
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        // The system's anchors are looked up by name in its folder; parsing all of them would hold the loop for 20 ms.
        try set(CURLOPT_CAINFO, nil)
        if !trust.includesSystem { try set(CURLOPT_CAPATH, nil) }
        if let pem = trust.pem { try set(CURLOPT_CAINFO_BLOB, bytes: pem) }
        if let pin { try set(CURLOPT_PINNEDPUBLICKEY, "sha256//\(Base64.encode(pin))") }
    }

    private func setMethod(_ plan: RequestPlan) throws(HTTPClientError) {
        switch plan.form {
        case .headOnly: try set(CURLOPT_NOBODY, 1)
        case .plain: try set(CURLOPT_HTTPGET, 1)
        case .upload:
            try set(CURLOPT_POST, 1)
            try set(CURLOPT_POSTFIELDSIZE_LARGE, size: plan.request.body.count)
        }
        try set(CURLOPT_CUSTOMREQUEST, plan.request.method.rawValue)
    }
}
