import Foundation
import HTTPClient
import Testing

@Suite("What the environment says")
struct EnvironmentTests {
    @Test("Neither proxies nor key logs, nor a .netrc file, are taken from the environment")
    func ignored() async {
        await #expect(processExitsWith: .success) {
            let folder = NSTemporaryDirectory() + "environment-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try "machine localhost login somebody password something\n".write(
                toFile: "\(folder)/.netrc", atomically: true, encoding: .utf8)
            for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
                setenv(name, "http://127.0.0.1:9", 1)
            }
            setenv("HOME", folder, 1)
            setenv("SSLKEYLOGFILE", "\(folder)/keys", 1)
            let heads = Signal<String>()
            let backend = try ScriptedServer { connection in
                heads.send(connection.readHead() ?? "")
                connection.write("HTTP/1.1 204 No Content\r\n\r\n")
            }
            defer { backend.stop() }
            let server = try await TLSServer(backend)
            let authority = try await TestCertificates.shared().pem("authority")
            let client = try Fixtures.client(trust: .only(pem: authority))
            for url in [server.url(), backend.url()] {
                #expect(try await client.send(ClientRequest(url: url)).status == 204)
                #expect(try await !heads.next().lowercased().contains("authorization"))
            }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/keys"))
        }
    }
}
