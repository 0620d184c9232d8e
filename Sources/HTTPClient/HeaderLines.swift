import CCurl
import Cryptography
import Glibc

/// The header lines of one request as libcurl wants them: a list that must live as long as the transfer. Every line is
/// zeroed before it is freed.
struct HeaderLines: ~Copyable {
    /// The list's first node.
    private(set) var list: UnsafeMutablePointer<curl_slist>?
    /// The node of the first secret line; those after it are secret as well.
    private var secrets: UnsafeMutablePointer<curl_slist>?

    /// All lines of a checked request, and those that stop libcurl from adding its own.
    init(_ request: ClientRequest) throws(HTTPClientError) {
        try append("Expect:")
        if !request.fields.contains(where: { $0.0.lowercased() == "content-type" }) { try append("Content-Type:") }
        for (name, value) in request.fields {
            // "Name:" would remove the field; "Name;" is libcurl's way to send it empty.
            try append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        for field in request.secretFields {
            try append(field)
            secrets = secrets ?? HeaderLines.last(list)
        }
    }

    deinit {
        HeaderLines.wipe(from: list)
        curl_slist_free_all(list)
    }

    /// Zeroes the secret lines. libcurl must have sent the request: it would find them empty.
    mutating func wipeSecrets() {
        HeaderLines.wipe(from: secrets)
        secrets = nil
    }

    private static func wipe(from first: UnsafeMutablePointer<curl_slist>?) {
        var node = first
        while let line = node {
            if let text = line.pointee.data {
                Wipe.memory(UnsafeMutableRawBufferPointer(start: text, count: strlen(text)))
            }
            node = line.pointee.next
        }
    }

    private static func last(_ list: UnsafeMutablePointer<curl_slist>?) -> UnsafeMutablePointer<curl_slist>? {
        var node = list
        while let next = node?.pointee.next { node = next }
        return node
    }

    private mutating func append(_ line: UnsafePointer<CChar>) throws(HTTPClientError) {
        guard let grown = curl_slist_append(list, line) else { throw .other(CURLE_OUT_OF_MEMORY.rawValue) }
        list = grown
    }

    private mutating func append(_ field: SecretField) throws(HTTPClientError) {
        let start = Array("\(field.name): \(field.prefix)".utf8)
        let count = start.count + field.secret.count + 1
        let line = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer {
            Wipe.memory(line)
            line.deallocate()
        }
        line.copyBytes(from: start)
        field.secret.withBytes { secret in
            UnsafeMutableRawBufferPointer(rebasing: line[start.count...]).copyMemory(from: secret)
        }
        line[count - 1] = 0
        guard let text = line.assumingMemoryBound(to: CChar.self).baseAddress else { return }
        try append(text)
    }
}
