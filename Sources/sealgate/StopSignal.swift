import EventLoops
import Synchronization

/// Waits until somebody asks the process to end.
enum StopSignal {
    /// Returns at the first SIGTERM, SIGINT or SIGHUP (there is nothing to read again, so it ends, too).
    static func wait() async {
        guard let loops = try? EventLoopGroup(count: 1, name: "signal") else { return }
        let (signals, continuation) = AsyncStream.makeStream(of: CInt.self)
        guard
            let watcher = try? await SignalWatcher.start(
                on: loops.loops[0], handler: { continuation.yield($0) })
        else { return }
        for await _ in signals { break }
        watcher.stop()
        loops.stop()
    }
}
