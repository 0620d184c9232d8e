import Glibc
import Primitives

/// A blocking HTTP/1.1 connection that is kept alive: a client that costs little, so that the server is measured.
final class PlainConnection {
    enum Failure: Error {
        case address(String)
        case system(String, CInt)
        case closed
        case answer(status: Int, body: String)
    }

    private let descriptor: CInt
    private let host: String
    private var input: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 16_384)

    /// Connects to `http://127.0.0.1:PORT`.
    init(_ url: String) throws {
        let parts = url.split(separator: ":")
        guard parts.count == 3, parts[0] == "http", parts[1] == "//127.0.0.1", let port = UInt16(parts[2]) else {
            throw Failure.address(url)
        }
        host = "127.0.0.1:\(port)"
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: CInt = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure.system("connect", errno) }
    }

    deinit { close(descriptor) }

    func get(_ target: String, token: String? = nil) throws -> JSON {
        try exchange("GET", target, body: nil, token: token)
    }

    func post(_ target: String, _ body: JSON, token: String? = nil) throws -> JSON {
        try exchange("POST", target, body: body.bytes, token: token)
    }

    func put(_ target: String, _ body: JSON, token: String? = nil) throws -> JSON {
        try exchange("PUT", target, body: body.bytes, token: token)
    }

    /// Sends a request that is ready as bytes, and waits for its good answer.
    func ask(_ request: [UInt8]) throws {
        try transmit(request)
        let (status, answer) = try receive()
        guard status == 200 else {
            throw Failure.answer(status: status, body: String(decoding: answer, as: UTF8.self))
        }
    }

    private func exchange(_ method: String, _ target: String, body: [UInt8]?, token: String?) throws -> JSON {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
        try transmit(Array((head + "\r\n").utf8) + (body ?? []))
        let (status, answer) = try receive()
        guard (200..<300).contains(status) else {
            throw Failure.answer(status: status, body: String(decoding: answer, as: UTF8.self))
        }
        return try JSON(parsing: answer)
    }

    private func transmit(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure.system("send", errno) }
            sent += count
        }
    }

    /// An answer with Content-Length: all that these measurements ask for have one.
    private func receive() throws -> (status: Int, body: [UInt8]) {
        var end: Int?
        while end == nil {
            end = headEnd()
            if end == nil { try fill() }
        }
        let head = String(decoding: input[..<(end ?? 0)], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        let status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        let name = "content-length:"
        let length =
            lines.first { $0.lowercased().hasPrefix(name) }
            .flatMap { Int($0.dropFirst(name.count).drop { $0 == " " }) } ?? 0
        let start = (end ?? 0) + 4
        while input.count < start + length { try fill() }
        let body = Array(input[start..<start + length])
        input.removeFirst(start + length)
        return (status, body)
    }

    private func headEnd() -> Int? {
        guard input.count >= 4 else { return nil }
        return (0...(input.count - 4)).first {
            input[$0] == 13 && input[$0 + 1] == 10 && input[$0 + 2] == 13 && input[$0 + 3] == 10
        }
    }

    private func fill() throws {
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { throw count == 0 ? Failure.closed : Failure.system("recv", errno) }
        input += buffer[..<count]
    }
}
