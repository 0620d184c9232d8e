/// The bounds of one database, each with its reason. Tests narrow them; the product uses the defaults.
public struct DatabaseLimits: Sendable {
    /// A read runs on the caller's thread, which is an event loop: longer than this, and other clients feel it.
    public var readMilliseconds = 50
    /// A write has the one writer for itself. Bodies take microseconds; one that takes a second is a mistake.
    public var writeMilliseconds = 1_000
    /// A scan has a thread of its own, but holds back the log's checkpoint as long as it runs.
    public var scanMilliseconds = 30_000
    /// How long to wait for another process that holds the file, a backup for example.
    public var busyMilliseconds = 5_000
    /// Bodies to one transaction. Beyond a hundred the cost of a commit hardly shows any more, while the first body of
    /// a batch waits for the last.
    public var batchCount = 256
    /// No further body joins a transaction that has been open so long: about one fsync of a slow disk.
    public var batchMilliseconds = 10
    /// Calls that may wait for the writer, and as many for a reader: a second's work. More are refused at once.
    public var waitingCount = 16_384
    /// Read-only connections: as many reads as can run at once. More than cores gains nothing.
    public var readerCount = 4
    /// Threads for scans.
    public var scannerCount = 2
    /// Prepared statements kept by each connection.
    public var statementCount = StatementCache.defaultCapacity
    /// Pages in the log (4 KiB each) from which they are copied into the file, in the background of the writer's queue.
    public var checkpointPages = 1_000
    /// Pages in the log from which the writer waits for readers so as to start the log anew: 64 MiB.
    public var restartPages = 16_384
    /// How long it then waits: reads end within `readMilliseconds`; for a long scan it is not worth holding writers up.
    public var restartWaitMilliseconds = 100

    /// Threads and connections for writes, on PostgreSQL: enough that the disk of the server is what limits them.
    public var writerCount = 8
    /// How long a write waits for a wallet that another one has locked, on PostgreSQL.
    public var lockMilliseconds = 2_000
    /// How long to try to reach a server.
    public var connectMilliseconds = 1_000
    /// A call that has waited so long for a connection is refused: its client has most likely gone.
    public var queueMilliseconds = 5_000

    /// The defaults.
    public init() {}

    /// For a server on the network, where nothing runs on an event loop.
    public static var server: DatabaseLimits {
        var limits = DatabaseLimits()
        // A lookup takes a round trip or two; beyond this the server or the net is in trouble.
        limits.readMilliseconds = 1_000
        // Some round trips, and waits for a wallet's lock.
        limits.writeMilliseconds = 4_000
        return limits
    }

    var batchNanoseconds: UInt64 { UInt64(batchMilliseconds) * 1_000_000 }
}
