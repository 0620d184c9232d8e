/// What only the loop's own thread touches.
struct LoopState {
    private struct Slot {
        var handler: (any IOHandler)?
        var interest: IOInterest = []
        var generation: UInt32 = 0
    }

    var ready = WorkQueue()
    var timers = TimerQueue<() -> Void>()
    var isStopping = false
    /// Indexed by descriptor: the kernel gives out the lowest free number, so the table stays dense.
    private var slots: [Slot] = []

    /// Stores a handler; the token comes back with every event and tells this registration from later ones of the same
    /// descriptor number.
    mutating func insert(_ handler: any IOHandler, for descriptor: CInt, _ interest: IOInterest) -> Poller.Token {
        let index = Int(descriptor)
        precondition(index >= 0, "a descriptor is not negative")
        while slots.count <= index { slots.append(Slot()) }
        precondition(slots[index].handler == nil, "descriptor \(descriptor) is already registered")
        slots[index].handler = handler
        slots[index].interest = interest
        slots[index].generation &+= 1
        return Poller.Token(descriptor: descriptor, generation: slots[index].generation)
    }

    /// Nil when the descriptor is unknown or already watched for just that.
    mutating func setInterest(_ interest: IOInterest, of descriptor: CInt) -> Poller.Token? {
        let index = Int(descriptor)
        guard slots.indices.contains(index), slots[index].handler != nil, slots[index].interest != interest else {
            return nil
        }
        slots[index].interest = interest
        return Poller.Token(descriptor: descriptor, generation: slots[index].generation)
    }

    @discardableResult
    mutating func remove(_ descriptor: CInt) -> Bool {
        let index = Int(descriptor)
        guard slots.indices.contains(index), slots[index].handler != nil else { return false }
        slots[index].handler = nil
        return true
    }

    /// Nil for an event of a registration that has ended meanwhile.
    func handler(of event: Poller.Event) -> (any IOHandler)? {
        let index = Int(event.token.descriptor)
        guard slots.indices.contains(index), slots[index].generation == event.token.generation else { return nil }
        return slots[index].handler
    }

    mutating func removeAll() {
        slots = []
        timers = TimerQueue()
    }
}
