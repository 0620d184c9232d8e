import CCurl

/// A URL that libcurl's own parser has read, so that what is checked here is what is connected to later.
struct RequestTarget: Equatable {
    /// Longest accepted URL. 16 KiB: twice what servers commonly take.
    static let byteLimit = 16_384

    /// The URL without fragment.
    let url: String
    /// Whether it is https.
    let isSecure: Bool

    /// Reads an absolute http or https URL; throws `.badURL`.
    init(parsing text: String) throws(HTTPClientError) {
        let visible = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        // libcurl reads "http:///host" as "http://host"; others read it otherwise.
        let slashes = text.utf8.drop { $0 != UInt8(ascii: "/") }.prefix { $0 == UInt8(ascii: "/") }.count
        guard visible, slashes == 2, text.utf8.count <= RequestTarget.byteLimit, let parser = curl_url() else {
            throw .badURL
        }
        defer { curl_url_cleanup(parser) }
        let flags = UInt32(CURLU_DISALLOW_USER | CURLU_PATH_AS_IS)
        guard curl_url_set(parser, CURLUPART_URL, text, flags) == CURLUE_OK,
            curl_url_set(parser, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK,
            let scheme = RequestTarget.part(CURLUPART_SCHEME, of: parser), scheme == "http" || scheme == "https",
            let host = RequestTarget.part(CURLUPART_HOST, of: parser), !host.isEmpty,
            let url = RequestTarget.part(CURLUPART_URL, of: parser)
        else { throw .badURL }
        self.url = url
        isSecure = scheme == "https"
    }

    private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parser, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
