import HTTPTypes
import Testing

@testable import HTTPClient

@Suite("Back-pressure decisions")
struct ResponseFlowTests {
    private func receive(_ flow: inout ResponseFlow, _ count: Int, _ byte: UInt8 = 1) -> ResponseFlow.Receipt {
        [UInt8](repeating: byte, count: count).withUnsafeBytes { flow.receive($0) }
    }

    private func abandon(_ flow: inout ResponseFlow) -> Bool { flow.abandon() }

    /// Fills in pieces of 16 KiB until the flow holds.
    private func fill(_ flow: inout ResponseFlow) -> Int {
        var count = 0
        while receive(&flow, 16_384) == .taken { count += 16_384 }
        return count
    }

    @Test("The transfer is held at 256 KiB, below by one byte it is not")
    func high() {
        var flow = ResponseFlow(byteLimit: nil)
        #expect(receive(&flow, ResponseFlow.highWater - 1) == .taken)
        #expect(receive(&flow, 1) == .taken)
        #expect(receive(&flow, 1) == .hold)
        #expect(receive(&flow, 1) == .hold)
    }

    @Test("It goes on at 64 KiB, once")
    func low() {
        var flow = ResponseFlow(byteLimit: nil)
        var unread = fill(&flow)
        #expect(unread == ResponseFlow.highWater)
        var releases = 0
        while case .piece(let piece, let goesOn) = flow.read() {
            unread -= piece.count
            if goesOn {
                releases += 1
                #expect(unread == ResponseFlow.lowWater)
            }
        }
        #expect(releases == 1)
        #expect(unread == 0)
        #expect(flow.read() == .nothingYet)
    }

    @Test("A reader that keeps up is never asked to let go")
    func keepsUp() {
        var flow = ResponseFlow(byteLimit: nil)
        for _ in 0..<100 {
            #expect(receive(&flow, 16_384) == .taken)
            #expect(flow.read() == .piece([UInt8](repeating: 1, count: 16_384), goesOn: false))
        }
    }

    @Test("Small arrivals are joined, in order, up to 16 KiB")
    func joined() {
        var flow = ResponseFlow(byteLimit: nil)
        for index in 0..<20_000 { #expect(receive(&flow, 1, UInt8(truncatingIfNeeded: index)) == .taken) }
        let all = (0..<20_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(flow.read() == .piece(Array(all[..<16_384]), goesOn: false))
        #expect(flow.read() == .piece(Array(all[16_384...]), goesOn: false))
        #expect(flow.read() == .nothingYet)
    }

    @Test("A body may have its limit and not a byte more", arguments: [(9, false), (10, true), (11, true)])
    func limit(limit: Int, fits: Bool) {
        var flow = ResponseFlow(byteLimit: limit)
        #expect(receive(&flow, 6) == .taken)
        #expect(receive(&flow, 4) == (fits ? .taken : .refused))
    }

    @Test("What came before an end is read before it", arguments: [ResponseFlow.Ending.complete, .failed(.cut)])
    func ending(_ ending: ResponseFlow.Ending) {
        var flow = ResponseFlow(byteLimit: nil)
        #expect(receive(&flow, 1) == .taken)
        flow.end(ending)
        flow.end(.failed(.other(1)))
        #expect(flow.read() == .piece([1], goesOn: false))
        #expect(flow.read() == (ending == .complete ? .end : .failure(.cut)))
        #expect(flow.read() == (ending == .complete ? .end : .failure(.cut)))
    }

    @Test("A reader that has gone gets nothing more, and stops the transfer once")
    func abandoned() {
        var flow = ResponseFlow(byteLimit: nil)
        #expect(receive(&flow, 1) == .taken)
        #expect(abandon(&flow))
        #expect(!abandon(&flow))
        #expect(flow.read() == .failure(.cancelled))
        #expect(flow.hasEnded)
        flow.end(.complete)
        #expect(flow.read() == .failure(.cancelled))
    }

    @Test("After a good end there is no transfer to stop")
    func abandonedLate() {
        var flow = ResponseFlow(byteLimit: nil)
        flow.end(.complete)
        #expect(!abandon(&flow))
    }

    @Test("The head is there as soon as it has come, whatever follows")
    func head() throws {
        var flow = ResponseFlow(byteLimit: nil)
        #expect(flow.readHead() == nil)
        flow.receive(ResponseHead(status: 204, fields: [:]))
        flow.end(.failed(.cut))
        #expect(try flow.readHead()?.get().status == 204)
        _ = abandon(&flow)
        #expect(throws: HTTPClientError.cancelled) { try flow.readHead()?.get() }
    }

    @Test("An end without a head is that end")
    func noHead() {
        var flow = ResponseFlow(byteLimit: nil)
        flow.end(.failed(.tls(.expired)))
        #expect(throws: HTTPClientError.tls(.expired)) { try flow.readHead()?.get() }
    }
}
