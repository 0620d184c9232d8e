extension EventLoop {
    /// Takes a job from the concurrency runtime. From the loop's own thread it is appended without a lock.
    public func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    /// Stops the process when code that claims to be isolated to this loop runs elsewhere.
    public func checkIsolated() {
        precondition(inLoop, "must run on the event loop \(name)")
    }

    /// Whether the present code is isolated to this loop.
    public func isIsolatingCurrentContext() -> Bool? {
        inLoop
    }
}
