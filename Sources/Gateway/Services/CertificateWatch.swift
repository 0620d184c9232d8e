import EventLoops
import Glibc
import HTTPServer
import Primitives
import Telemetry

/// Waits for the certificate that the operator brings for the key of this start, and for its successors.
final class CertificateWatch: Sendable {
    /// How often the file is looked at: soon enough for whoever waits for a certificate to work.
    static let periodSeconds: Int64 = 2

    private let path: String
    private let server: HTTPServer
    private let log: Log

    init(path: String, server: HTTPServer, log: Log) {
        self.path = path
        self.server = server
        self.log = log
    }

    /// Runs until the task is cancelled, beginning at once. Off the event loops: it reads files.
    func start() -> Task<Void, Never> {
        Task.detached { [self] in
            var seen: FileMark?
            while !Task.isCancelled {
                look(&seen)
                do { try await Task.sleep(for: .seconds(CertificateWatch.periodSeconds)) } catch { return }
            }
        }
    }

    /// Takes the file if it is another than the last time. One that is refused is not tried again until it changes, so
    /// that the log tells of it once. The mark is taken before the file is read: a change in between is seen again.
    func look(_ seen: inout FileMark?) {
        let mark = FileMark(path)
        guard mark != seen else { return }
        seen = mark
        guard mark != nil else { return }
        do {
            try server.install(certificateChain: .file(path))
            log.write("tls_certificate_installed")
        } catch {
            log.write(
                "tls_certificate_refused", [("code", .id((error as? TLSError)?.code ?? ErrorNames.code(of: error)))])
        }
    }
}
