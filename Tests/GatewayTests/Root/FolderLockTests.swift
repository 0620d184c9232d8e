import Testing

@testable import Gateway

@Suite("Of two gateways that start in one folder at once, one goes on")
struct FolderLockTests {
    @Test("The second is refused before it looks for a root, and let in when the first is done")
    func twoStarts() throws {
        let folder = try TemporaryFolder()
        let configuration = try TestGateway.configuration(folder)
        try Gateway.prepareFolder(configuration)
        let first = try FolderLock(configuration)
        #expect {
            _ = try FolderLock(configuration)
        } throws: { "\($0)".contains("in use by another process") }
        first.release()
        let second = try FolderLock(configuration)
        second.release()
    }

    @Test("A gateway that runs keeps a second one from making anything", arguments: [false, true])
    func besideARunningOne(isSealed: Bool) async throws {
        let folder = try TemporaryFolder()
        try await withGateway(in: folder) { _ in
            let before = try folder.files()
            await #expect {
                try await withGateway(
                    in: folder, settings: isSealed ? ["SEALGATE_ROOT_SEALING": "snp"] : [:]
                ) { _ in }
            } throws: { "\($0)".contains("in use by another process") }
            let names = Set(try folder.files().keys).filter { $0.hasPrefix("data/root") }
            #expect(names == Set(before.keys).filter { $0.hasPrefix("data/root") })
        }
    }
}
