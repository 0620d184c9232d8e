import CLinux
import Cryptography
import Foundation

/// The server's end of a connection, with blocking calls. Used by its script's thread only.
final class ScriptedConnection {
    /// The how-many-eth connection of its server, from 0.
    let number: Int
    private let descriptor: CInt
    private var pending: [UInt8] = []
    private var isOpen = true
    private let noSignal = Int32(MSG_NOSIGNAL)

    init(_ descriptor: CInt, number: Int) {
        self.descriptor = descriptor
        self.number = number
    }

    /// The next request's head, up to and with its empty line; nil when the client has closed.
    func readHead() -> String? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let range = pending.firstRange(of: end) {
                let head = String(decoding: pending[..<range.upperBound], as: UTF8.self)
                pending.removeSubrange(..<range.upperBound)
                return head
            }
            guard receive() else { return nil }
        }
    }

    /// Reads a head without keeping it: what it held is zeroed.
    func skipHead() {
        var room = [UInt8](repeating: 0, count: 65_536)
        var matched = 0
        while matched < 4 {
            let count = recv(descriptor, &room, room.count, 0)
            guard count > 0 else { return }
            for byte in room[..<count] {
                matched = byte == [13, 10, 13, 10][matched] ? matched + 1 : byte == 13 ? 1 : 0
                if matched == 4 { break }
            }
            room.withUnsafeMutableBytes { Wipe.memory($0) }
        }
    }

    /// Exactly `count` bytes of a body, or fewer when the client closes.
    func read(_ count: Int) -> [UInt8] {
        while pending.count < count, receive() {}
        let bytes = Array(pending.prefix(count))
        pending.removeFirst(bytes.count)
        return bytes
    }

    /// Sends text; false when the client has closed.
    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    /// Sends bytes; false when the client has closed.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Sends `piece` over and over until the client has taken nothing for `quiet` milliseconds, or `limit` bytes are
    /// sent. Returns how many were.
    func writeUntilBlocked(_ piece: [UInt8], quiet: CInt, limit: Int) -> Int {
        var sent = 0
        while sent < limit {
            var probe = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&probe, 1, quiet) == 1 else { return sent }
            let count = piece.withUnsafeBytes {
                send(descriptor, $0.baseAddress, min($0.count, limit - sent), noSignal | Int32(MSG_DONTWAIT))
            }
            guard count > 0 else { return sent }
            sent += count
        }
        return sent
    }

    /// Waits until the client closes, throwing away what it sends.
    func awaitClose() {
        while receive() { pending = [] }
    }

    /// Ends the connection in good order.
    func close() {
        guard isOpen else { return }
        isOpen = false
        Foundation.close(descriptor)
    }

    /// Ends the connection with a TCP reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    private func receive() -> Bool {
        var room = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &room, room.count, 0)
        guard count > 0 else { return false }
        pending.append(contentsOf: room[..<count])
        return true
    }
}
