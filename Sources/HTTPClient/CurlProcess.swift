import CCurl
import Glibc

/// What libcurl needs once a process.
enum CurlProcess {
    /// Starts libcurl: memory that it frees is zeroed, SSLKEYLOGFILE is not obeyed, a write to a closed connection
    /// raises no signal. The result is libcurl's own.
    static let start: CURLcode = {
        signal(SIGPIPE, SIG_IGN)
        return ccurl_start()
    }()
}
