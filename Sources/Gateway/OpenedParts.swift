import Database
import EventLoops
import HTTPClient
import HTTPServer

/// What a start has opened so far. When a later step fails it is closed again, so that the folder and the port are free
/// for the next attempt.
struct OpenedParts {
    var lock: FolderLock?
    var database: Database?
    var loops: EventLoopGroup?
    var server: HTTPServer?
    var client: HTTPClient?
    var attestation: AttestationService?
    var nodes: Task<Void, Never>?

    func close() async {
        await server?.drain(withinMilliseconds: 0)
        nodes?.cancel()
        attestation?.stop()
        await client?.close()
        await database?.close()
        loops?.stop()
        lock?.release()
    }
}
