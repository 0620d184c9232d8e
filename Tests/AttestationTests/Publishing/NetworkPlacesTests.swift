import Primitives
import Testing

@testable import Attestation

@Suite("No network keeps the others waiting for evidence")
struct NetworkPlacesTests {
    /// Host `host` of network `network` in neighbourhood `neighbourhood`.
    private static func v4(_ neighbourhood: UInt32, _ network: UInt32 = 0, host: UInt32 = 0) -> CallerNetwork {
        CallerNetwork(of: .v4(neighbourhood << 16 | network << 8 | host))
    }

    /// Places that all but the reserve are taken of, by four networks of three neighbourhoods.
    private static func shortOfPlaces() -> NetworkPlaces {
        var places = NetworkPlaces()
        let free = NetworkPlaces.total - NetworkPlaces.reserve
        for caller in 0..<free {
            let isIn = places.enter(v4(UInt32(1 + caller % 3), UInt32(caller % 4)))
            #expect(isIn)
        }
        return places
    }

    @Test("An IPv4 network is a /24 in a /16, an IPv6 network a /64 in a /48, a mapped address the IPv4 one")
    func networks() throws {
        func network(_ text: String) throws -> CallerNetwork { CallerNetwork(of: try #require(IPAddress(text))) }
        #expect(try network("192.0.2.1") == network("192.0.2.255"))
        #expect(try network("192.0.2.1") != network("192.0.3.1"))
        #expect(try network("192.0.2.1").neighbourhood == network("192.0.255.1").neighbourhood)
        #expect(try network("192.0.2.1").neighbourhood != network("192.1.2.1").neighbourhood)
        #expect(try network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::"))
        #expect(try network("2001:db8:1:2::1") != network("2001:db8:1:3::1"))
        #expect(try network("2001:db8:1:2::").neighbourhood == network("2001:db8:1:ffff::").neighbourhood)
        #expect(try network("2001:db8:1::").neighbourhood != network("2001:db8:2::").neighbourhood)
        #expect(try network("::ffff:192.0.2.7") == network("192.0.2.1"))
    }

    @Test("One network gets its share and not one more, and what it gives back it may take again")
    func share() {
        var places = NetworkPlaces()
        for caller in 0..<NetworkPlaces.perNetwork {
            let isIn = places.enter(NetworkPlacesTests.v4(1, host: UInt32(caller)))
            #expect(isIn)
        }
        let isOneMoreIn = places.enter(NetworkPlacesTests.v4(1))
        #expect(!isOneMoreIn)
        let isNeighbourIn = places.enter(NetworkPlacesTests.v4(1, 1))
        #expect(isNeighbourIn)
        places.leave(NetworkPlacesTests.v4(1, host: 9))
        let isBack = places.enter(NetworkPlacesTests.v4(1))
        #expect(isBack)
    }

    @Test("The reserve is for neighbourhoods that hold next to nothing")
    func reserve() {
        var places = NetworkPlacesTests.shortOfPlaces()
        let isNeighbourIn = places.enter(NetworkPlacesTests.v4(1, 200))
        #expect(!isNeighbourIn, "another network of a neighbourhood that has much")
        for network in 0..<NetworkPlaces.perNeighbourhoodInReserve {
            let isIn = places.enter(NetworkPlacesTests.v4(9, UInt32(network)))
            #expect(isIn)
        }
        let isFifthIn = places.enter(NetworkPlacesTests.v4(9, 100))
        #expect(!isFifthIn)
    }

    @Test("All places together are the limit, whoever comes")
    func total() {
        var places = NetworkPlacesTests.shortOfPlaces()
        for caller in 0..<NetworkPlaces.reserve {
            let isIn = places.enter(NetworkPlacesTests.v4(UInt32(100 + caller)))
            #expect(isIn)
        }
        let isOneMoreIn = places.enter(NetworkPlacesTests.v4(5_000))
        #expect(!isOneMoreIn)
        places.leave(NetworkPlacesTests.v4(100))
        let isNextIn = places.enter(NetworkPlacesTests.v4(5_000))
        #expect(isNextIn)
    }
}
