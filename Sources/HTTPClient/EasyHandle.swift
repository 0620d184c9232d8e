import CCurl

/// libcurl's handle of one transfer. Every option that libcurl does not take is an error.
struct EasyHandle: Hashable {
    /// For libcurl's own functions.
    let pointer: UnsafeMutableRawPointer

    /// A handle with libcurl's defaults. Throws `.other`.
    init() throws(HTTPClientError) {
        try EasyHandle.check(CurlProcess.start)
        guard let pointer = curl_easy_init() else { throw .other(CURLE_OUT_OF_MEMORY.rawValue) }
        self.pointer = pointer
    }

    init(_ pointer: UnsafeMutableRawPointer) {
        self.pointer = pointer
    }

    /// Ends the handle. It must not be part of a multi handle any more.
    func close() {
        curl_easy_cleanup(pointer)
    }

    func set(_ option: CURLoption, _ value: Int) throws(HTTPClientError) {
        try EasyHandle.check(ccurl_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, _ text: String?) throws(HTTPClientError) {
        guard let text else { return try EasyHandle.check(ccurl_set_text(pointer, option, nil)) }
        try EasyHandle.check(ccurl_set_text(pointer, option, text))
    }

    func set(_ option: CURLoption, size: Int) throws(HTTPClientError) {
        try EasyHandle.check(ccurl_set_size(pointer, option, Int64(size)))
    }

    func set(_ option: CURLoption, bytes: [UInt8]) throws(HTTPClientError) {
        try EasyHandle.check(ccurl_set_bytes(pointer, option, bytes, bytes.count))
    }

    func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) throws(HTTPClientError) {
        try EasyHandle.check(ccurl_set_list(pointer, option, list))
    }

    /// A number that libcurl knows about the transfer; 0 when it does not.
    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    /// Throws `.other` for anything but CURLE_OK.
    static func check(_ code: CURLcode) throws(HTTPClientError) {
        guard code == CURLE_OK else { throw .other(code.rawValue) }
    }
}
