extension EventLoop {
    /// Watches a descriptor, level-triggered. Loop thread only; the descriptor must not be registered yet.
    ///
    /// The loop keeps `handler` until `deregister`; it never closes the descriptor.
    public func register(_ descriptor: CInt, _ interest: IOInterest, _ handler: any IOHandler) throws(SystemError) {
        checkIsolated()
        let token = own.insert(handler, for: descriptor, interest)
        do {
            try poller.add(descriptor, interest, token: token)
        } catch {
            own.remove(descriptor)
            throw error
        }
    }

    /// Changes what a registered descriptor is watched for; costs no system call when nothing changes. Loop thread
    /// only.
    public func update(_ descriptor: CInt, _ interest: IOInterest) throws(SystemError) {
        checkIsolated()
        guard let token = own.setInterest(interest, of: descriptor) else { return }
        try poller.modify(descriptor, interest, token: token)
    }

    /// Stops watching; no event of this descriptor is delivered afterwards, not even one already fetched from the
    /// kernel. Call it before closing the descriptor. Does nothing for an unknown one. Loop thread only.
    public func deregister(_ descriptor: CInt) {
        checkIsolated()
        guard own.remove(descriptor) else { return }
        poller.remove(descriptor)
    }
}
