import Foundation
import Testing

@testable import Attestation

@Suite("Libraries that a process runs")
struct LoadedLibrariesTests {
    @Test("Mapped code is found once a file; data, the stack and the kernel's own pages are left out")
    func mappings() {
        let text = """
            55e0c0000000-55e0c0001000 r--p 00000000 08:01 11                         /opt/sealgate
            55e0c0001000-55e0c0002000 r-xp 00001000 08:01 11                         /opt/sealgate
            7f0000000000-7f0000001000 r-xp 00000000 08:01 12                         /usr/lib/libssl.so.3
            7f0000001000-7f0000002000 r-xp 00001000 08:01 12                         /usr/lib/libssl.so.3
            7f0000002000-7f0000003000 r--p 00000000 08:01 13                         /usr/lib/locale-archive
            7f0000003000-7f0000004000 r-xp 00000000 08:01 14                         /usr/lib/with a space.so
            7f0000004000-7f0000005000 r-xp 00000000 08:01 15                         /usr/lib/old.so (deleted)
            7f0000005000-7f0000006000 r-xp 00000000 00:01 16                         /memfd:code (deleted)
            7f0000006000-7f0000007000 rwxp 00000000 00:00 0\u{20}
            7ffc00000000-7ffc00001000 rw-p 00000000 00:00 0                          [stack]
            7ffc00001000-7ffc00002000 r-xp 00000000 00:00 0                          [vdso]
            """
        #expect(
            LoadedLibraries.mappings(in: text) == [
                .init(path: "/opt/sealgate", inode: 11, isDeleted: false),
                .init(path: "/usr/lib/libssl.so.3", inode: 12, isDeleted: false),
                .init(path: "/usr/lib/with a space.so", inode: 14, isDeleted: false),
                .init(path: "/usr/lib/old.so", inode: 15, isDeleted: true),
                .init(path: "/memfd:code", inode: 16, isDeleted: true),
            ])
    }

    @Test("This process runs the C library and OpenSSL, hashed as their files are, and not itself")
    func ofThisProcess() throws {
        let libraries = try LoadedLibraries.ofThisProcess().libraries
        for name in ["libc.so.6", "libcrypto.so.3", "libsodium.so.23"] {
            let library = try #require(libraries.first { $0.name.hasPrefix(name) }, "\(name)")
            #expect(library.contents == .sha256(try CodeHash(ofFile: library.path).hex))
        }
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        #expect(!libraries.contains { $0.path == program })
        #expect(Set(libraries.map(\.path)).count == libraries.count)
    }
}
