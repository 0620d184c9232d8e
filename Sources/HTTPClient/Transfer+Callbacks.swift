import CCurl
import Primitives

// libcurl's callbacks: C functions that find the transfer again and hand over to it.
extension Transfer {
    /// Connects the transfer to its handle. libcurl keeps the transfer's address until the handle is closed, and its
    /// engine keeps the transfer as long.
    func connectCallbacks() throws(HTTPClientError) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let easy = easy.pointer
        try EasyHandle.check(ccurl_on_header(easy, Transfer.onHeader, context))
        try EasyHandle.check(ccurl_on_body(easy, Transfer.onBody, context))
        try EasyHandle.check(ccurl_on_upload(easy, Transfer.onUpload, Transfer.onSeek, context))
        try EasyHandle.check(ccurl_on_ready(easy, Transfer.onReady, context))
        try EasyHandle.check(ccurl_on_open(easy, Transfer.onOpen, context))
    }

    private static func find(_ context: UnsafeMutableRawPointer) -> Transfer {
        Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }

    private static let onHeader: ccurl_take = { bytes, _, count, context in
        guard let context else { return 0 }
        return find(context).take(line: UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }

    private static let onBody: ccurl_take = { bytes, _, count, context in
        guard let context else { return 0 }
        switch find(context).take(body: UnsafeRawBufferPointer(start: bytes, count: count)) {
        case .taken: return count
        case .hold: return Int(CURL_WRITEFUNC_PAUSE)
        case .refused: return 0
        }
    }

    private static let onUpload: ccurl_give = { buffer, _, room, context in
        guard let context else { return Int(CURL_READFUNC_ABORT) }
        return find(context).upload(into: UnsafeMutableRawBufferPointer(start: buffer, count: room))
    }

    private static let onSeek: curl_seek_callback = { context, offset, origin in
        guard let context, origin == SEEK_SET, find(context).seek(to: Int(offset)) else { return CURL_SEEKFUNC_FAIL }
        return CURL_SEEKFUNC_OK
    }

    private static let onOpen: curl_opensocket_callback = { context, _, request in
        guard let context, let request, let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else {
            return CURL_SOCKET_BAD
        }
        // The address may be longer than the declared `sockaddr`: it is read through the outer pointer.
        return find(context).open(request.pointee, at: UnsafeRawPointer(request) + offset)
    }

    private static let onReady: curl_prereq_callback = { context, remote, local, remotePort, localPort in
        guard let context else { return CURL_PREREQFUNC_ABORT }
        var ends: ConnectionTable.Ends?
        if let local = end(local, localPort), let remote = end(remote, remotePort) {
            ends = ConnectionTable.Ends(local: local, remote: remote)
        }
        return find(context).connectionIsReady(ends) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    private static func end(_ text: UnsafePointer<CChar>?, _ port: CInt) -> SocketAddress? {
        guard let text, let address = IPAddress(String(cString: text)), let port = UInt16(exactly: port) else {
            return nil
        }
        return SocketAddress(address, port: port)
    }
}
