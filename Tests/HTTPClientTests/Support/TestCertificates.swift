import Cryptography
import Foundation
import Synchronization
import Testing

/// Certificates made afresh by the openssl program, in a folder that goes with the test program.
struct TestCertificates: Sendable {
    /// The servers' certificates.
    enum Leaf: String, CaseIterable {
        /// For localhost and 127.0.0.1, by `authority`.
        case good
        /// For other.test, by `authority`.
        case otherHost
        /// For localhost and 127.0.0.1, by `authority`, ended yesterday.
        case expired
        /// For localhost, by itself.
        case selfSigned
    }

    private let folder = NSTemporaryDirectory() + "http-client-\(UUID().uuidString)"
    private var pins: [Leaf: [UInt8]] = [:]

    /// One set for all tests, made on the helper's thread: programs are waited for.
    static func shared() async throws -> TestCertificates {
        try await made.value
    }

    private static let made = Task(executorPreference: Fixtures.helper) { try TestCertificates() }
    private static let folders = Mutex<[String]>([])

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        TestCertificates.folders.withLock { $0.append(folder) }
        atexit { TestCertificates.removeFolders() }
        for authority in ["authority", "stranger"] { try selfSign(authority, ["-subj", "/CN=\(authority)"]) }
        try selfSign("selfSigned", ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        try issue(.good, names: "DNS:localhost,IP:127.0.0.1", days: 2)
        try issue(.otherHost, names: "DNS:other.test", days: 2)
        try issue(.expired, names: "DNS:localhost,IP:127.0.0.1", days: -1)
        for leaf in Leaf.allCases {
            let path = "\(folder)/\(leaf.rawValue).der"
            let arguments = ["-in", keyPath(leaf.rawValue), "-pubout", "-outform", "DER", "-out", path]
            try Program.run("openssl", ["pkey"] + arguments)
            pins[leaf] = SHA256.hash(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        }
    }

    func certificatePath(_ name: String) -> String { "\(folder)/\(name).pem" }

    func keyPath(_ name: String) -> String { "\(folder)/\(name).key" }

    /// The PEM text of a certificate.
    func pem(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: certificatePath(name))))
    }

    /// SHA-256 over the DER SubjectPublicKeyInfo.
    func pin(_ leaf: Leaf) throws -> [UInt8] {
        try #require(pins[leaf])
    }

    private static func removeFolders() {
        for folder in folders.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: folder) }
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    private func selfSign(_ name: String, _ more: [String]) throws {
        let files = ["-keyout", keyPath(name), "-out", certificatePath(name), "-days", "2"]
        try Program.run("openssl", ["req", "-x509"] + Self.newKey + files + more)
    }

    private func issue(_ leaf: Leaf, names: String, days: Int) throws {
        let name = leaf.rawValue
        let request = "\(folder)/\(name).csr"
        let subject = ["-out", request, "-subj", "/CN=leaf", "-addext", "subjectAltName=\(names)"]
        try Program.run("openssl", ["req"] + Self.newKey + ["-keyout", keyPath(name)] + subject)
        let authority = ["-CA", certificatePath("authority"), "-CAkey", keyPath("authority")]
        let result = ["-copy_extensions", "copy", "-days", "\(days)", "-out", certificatePath(name)]
        try Program.run("openssl", ["x509", "-req", "-in", request] + authority + result)
    }
}
