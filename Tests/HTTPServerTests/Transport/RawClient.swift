import CLinux
import Glibc
import HTTPTypes

/// A blocking TCP client that sends exactly the bytes it is given. Every read ends after `patience`: a test that waits
/// longer has failed.
final class RawClient {
    struct Failure: Error {
        let call: String
        let code: CInt
    }

    /// A parsed answer; `body` is what Content-Length or the chunks delimit, or the rest when neither does.
    struct Answer {
        var status: Int
        var fields: HTTPFields
        var body: [UInt8]
        /// False when a chunked body broke off before its last chunk.
        var isWhole = true

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    static let patience = 10

    let descriptor: CInt
    private var buffered: [UInt8] = []

    init(port: Int, receiveBuffer: CInt? = nil) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
        var limit = timeval(tv_sec: RawClient.patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Failure(call: "connect", code: linux_errno()) }
        var on: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
    }

    deinit {
        close(descriptor)
    }

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(call: "send", code: linux_errno()) }
            sent += count
        }
    }

    func halfClose() {
        shutdown(descriptor, CInt(SHUT_WR))
    }

    /// Closes with a reset instead of an orderly end.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        // The descriptor number stays ours until deinit: a socket that was never connected takes its place.
        let fresh = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        dup2(fresh, descriptor)
        close(fresh)
    }

    /// Some bytes, or none at the peer's end. Throws on a reset, and when patience has run out.
    func receive() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw Failure(call: "recv", code: linux_errno()) }
        return Array(bytes[..<count])
    }

    /// What was read beyond the last answer or head.
    func takeBuffered() -> [UInt8] {
        defer { buffered = [] }
        return buffered
    }

    /// Whether the server ended the connection in order, with nothing more to read.
    func isAtEnd() throws -> Bool {
        guard buffered.isEmpty else { return false }
        buffered = try receive()
        return buffered.isEmpty
    }

    /// The next answer. `isHead`: it has no body, whatever its fields say.
    func answer(isHead: Bool = false) throws -> Answer {
        var answer = try readHead()
        if isHead || (100..<200).contains(answer.status) || answer.status == 204 { return answer }
        if answer.fields["Transfer-Encoding"] == "chunked" {
            (answer.body, answer.isWhole) = try readChunks()
        } else if let length = answer.fields["Content-Length"].flatMap({ Int($0) }) {
            try fill(length)
            answer.body = Array(buffered[..<length])
            buffered.removeFirst(length)
        } else {
            while true {
                let more = try receive()
                if more.isEmpty { break }
                buffered += more
            }
            answer.body = buffered
            buffered = []
        }
        return answer
    }

    /// The status line and fields alone.
    func readHead() throws -> Answer {
        var lines: [String] = []
        while true {
            let line = try readLine()
            if line.isEmpty { break }
            lines.append(line)
        }
        let words = lines[0].split(separator: " ")
        var fields = HTTPFields()
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            fields.append(String(line[..<colon]), String(line[colon...].dropFirst(2)))
        }
        return Answer(status: words.count > 1 ? Int(words[1]) ?? 0 : 0, fields: fields, body: [])
    }

    /// The next chunk's data, empty for the last one; nil where the stream breaks off.
    func readChunk() throws -> [UInt8]? {
        guard let line = try? readLine(), let size = Int(line, radix: 16) else { return nil }
        try fill(size + 2)
        let data = Array(buffered[..<size])
        buffered.removeFirst(size + 2)
        return data
    }

    private func readChunks() throws -> ([UInt8], Bool) {
        var body: [UInt8] = []
        while let chunk = try readChunk() {
            if chunk.isEmpty { return (body, true) }
            body += chunk
        }
        return (body, false)
    }

    private func readLine() throws -> String {
        var searched = 0
        while true {
            if let end = buffered[searched...].firstIndex(of: 10) {
                guard end > 0, buffered[end - 1] == 13 else { throw Failure(call: "line without CR", code: 0) }
                let line = String(decoding: buffered[..<(end - 1)], as: UTF8.self)
                buffered.removeFirst(end + 1)
                return line
            }
            searched = buffered.count
            try fill(buffered.count + 1)
        }
    }

    private func fill(_ count: Int) throws {
        while buffered.count < count {
            let more = try receive()
            guard !more.isEmpty else { throw Failure(call: "end of stream", code: 0) }
            buffered += more
        }
    }
}
