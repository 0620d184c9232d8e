internal import Glibc
internal import Primitives
internal import Synchronization

/// A wire between a gateway and the test server that can be cut, at the worst moment too.
public final class TestWire: Sendable {
    /// What happens to a connection.
    public enum Fate: Int, Sendable {
        /// Nothing.
        case whole
        /// The next COMMIT does not reach the server.
        case cutBeforeCommit
        /// The next COMMIT reaches the server, and its answer is lost.
        case cutAfterCommit
        /// No connection is let through, and those that are there end.
        case cut
    }

    private struct State {
        var fate = Fate.whole
        var sockets: Set<CInt> = []
        var cuts = 0
    }

    private let state = Mutex(State())
    private let server: String
    private let folder: String
    private let listener: CInt

    /// Where the gateway connects to instead of `url`.
    public let url: String

    /// A wire to the server at `url`, whose last parameter but `options` is the folder of its socket.
    public init(to url: String) throws {
        guard let host = url.firstRange(of: "host="),
            var template = Optional(Array("/tmp/sealgate-wire-XXXXXX".utf8CString)),
            mkdtemp(&template) != nil
        else { throw TestServer.Failure.refused("no wire") }
        let end = url[host.upperBound...].firstIndex(of: "&") ?? url.endIndex
        server = String(url[host.upperBound..<end]) + "/.s.PGSQL.5432"
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.url = url[..<host.upperBound] + folder + url[end...]
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let bound = TestWire.withAddress(folder + "/.s.PGSQL.5432") { bind(listener, $0, $1) }
        guard bound == 0, listen(listener, 64) == 0 else { throw TestServer.Failure.refused("no wire") }
        try SystemThread.start(name: "wire") { [listener, weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self else { return }
                self.connect(client)
            }
        }.detach()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        unlink(folder + "/.s.PGSQL.5432")
        rmdir(folder)
    }

    /// How often a COMMIT met its fate.
    public var cuts: Int { state.withLock { $0.cuts } }

    /// Decides what happens from now on.
    public func set(_ fate: Fate) {
        let ending = state.withLock { state in
            state.fate = fate
            return fate == .cut ? state.sockets : []
        }
        for socket in ending { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    private static func withAddress<R>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    private func connect(_ client: CInt) {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let isThere = TestWire.withAddress(self.server) { Glibc.connect(server, $0, $1) } == 0
        let isLetIn = state.withLock { state in
            guard state.fate != .cut, isThere else { return false }
            state.sockets.formUnion([client, server])
            return true
        }
        guard isLetIn else {
            close(client)
            close(server)
            return
        }
        _ = try? SystemThread.start(name: "wire") { [self] in
            pump(client, server)
            state.withLock { $0.sockets.subtract([client, server]) }
            close(client)
            close(server)
        }.detach()
    }

    private func pump(_ client: CInt, _ server: CInt) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            var sockets = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: server, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&sockets, 2, -1) > 0 else { return }
            for (from, to) in [(0, server), (1, client)] where sockets[from].revents != 0 {
                let count = read(sockets[from].fd, &bytes, bytes.count)
                guard count > 0 else { return }
                let text = bytes.prefix(count)
                if from == 0, text.firstRange(of: [0] + Array("commit".utf8) + [0]) != nil, let fate = takeFate() {
                    guard fate == .cutAfterCommit else { return }
                    // The answer comes once the commit is done.
                    guard TestWire.send(text, to: server) else { return }
                    _ = read(server, &bytes, bytes.count)
                    return
                }
                guard TestWire.send(text, to: to) else { return }
            }
        }
    }

    private func takeFate() -> Fate? {
        state.withLock { state in
            guard state.fate == .cutBeforeCommit || state.fate == .cutAfterCommit else { return nil }
            defer { state.fate = .whole }
            state.cuts += 1
            return state.fate
        }
    }

    private static func send(_ bytes: ArraySlice<UInt8>, to socket: CInt) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.send(
                    socket, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }
}
