/// The places of those who wait for evidence, shared out by network, so that no stranger keeps everybody else waiting.
/// A pure value.
///
/// One network gets a quarter of all. The last quarter is a reserve: only neighbourhoods that hold next to nothing get
/// into it. So it takes dozens of neighbourhoods, and not a few customers' networks, to shut the door on a peer.
struct NetworkPlaces: Sendable {
    /// Callers that wait at a time. A thousand leaves make a path of ten hashes; more callers than this a second are no
    /// honest load.
    static let total = 1_024
    /// Of one network: many people may share an address.
    static let perNetwork = 256
    /// Places that are left for those who hold few.
    static let reserve = 256
    /// While only the reserve is left, a neighbourhood with so many gets no more.
    static let perNeighbourhoodInReserve = 4

    private var taken = 0
    private var byNetwork: [CallerNetwork: Int] = [:]

    /// Takes a place; false if there is none for this network now.
    mutating func enter(_ caller: CallerNetwork) -> Bool {
        let held = byNetwork[caller, default: 0]
        guard taken < NetworkPlaces.total, held < NetworkPlaces.perNetwork else { return false }
        if taken >= NetworkPlaces.total - NetworkPlaces.reserve {
            guard neighbours(of: caller) < NetworkPlaces.perNeighbourhoodInReserve else { return false }
        }
        taken += 1
        byNetwork[caller] = held + 1
        return true
    }

    /// Gives a place back.
    mutating func leave(_ caller: CallerNetwork) {
        guard let held = byNetwork[caller] else { return }
        taken -= 1
        byNetwork[caller] = held > 1 ? held - 1 : nil
    }

    /// Asked only when the places run short: at most a thousand networks are gone through.
    private func neighbours(of caller: CallerNetwork) -> Int {
        byNetwork.reduce(0) { $0 + ($1.key.neighbourhood == caller.neighbourhood ? $1.value : 0) }
    }
}
