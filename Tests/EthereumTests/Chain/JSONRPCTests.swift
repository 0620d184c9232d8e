import Primitives
import Testing

@testable import Ethereum

@Suite("Nodes are asked in JSON-RPC 2.0, and their answers are read strictly")
struct JSONRPCTests {
    @Test("A call has version, id, method and parameters")
    func request() throws {
        let call = try JSON(parsing: JSONRPC.request("eth_getCode", ["0x00", "latest"]))
        #expect(call == ["jsonrpc": "2.0", "id": 1, "method": "eth_getCode", "params": ["0x00", "latest"]])
    }

    @Test("A result is a result, also beside a null error")
    func result() throws {
        let plain = #"{"jsonrpc":"2.0","id":1,"result":"0x"}"#
        #expect(try JSONRPC.result(Array(plain.utf8)) == "0x")
        let both = #"{"jsonrpc":"2.0","error":null,"result":"0x01","id":1}"#
        #expect(try JSONRPC.result(Array(both.utf8)) == "0x01")
    }

    @Test(
        "What is no answer to this call is no result",
        arguments: [
            "", "{", "[]", "null", #"{"jsonrpc":"2.0","id":1}"#, #"{"jsonrpc":"2.0","id":2,"result":"0x"}"#,
            #"{"jsonrpc":"2.0","id":"1","result":"0x"}"#, #"{"id":1,"result":"0x"}"#,
            #"{"jsonrpc":"1.0","id":1,"result":"0x"}"#, #"[{"jsonrpc":"2.0","id":1,"result":"0x"}]"#,
            #"{"jsonrpc":"2.0","id":1,"result":"0x","result":"0x01"}"#,
            #"{"jsonrpc":"2.0","id":1,"result":"0x","error":{"code":3,"message":"execution reverted"}}"#,
            "<html>502 Bad Gateway</html>",
        ])
    func malformed(body: String) {
        #expect(throws: JSONRPC.Fault.self) { try JSONRPC.result(Array(body.utf8)) }
    }

    @Test("Bytes need their prefix and whole pairs of digits")
    func bytes() {
        #expect(JSONRPC.bytes("0x") == [])
        #expect(JSONRPC.bytes("0x00fF") == [0, 255])
        for bad: JSON in ["", "00", "0x0", "0x0g", "0x0x00", 1, nil] { #expect(JSONRPC.bytes(bad) == nil) }
    }

    @Test("A number has its prefix and at most sixteen digits")
    func quantity() {
        #expect(JSONRPC.quantity("0x2105") == 8_453)
        #expect(JSONRPC.quantity("0xffffffffffffffff") == .max)
        for bad: JSON in ["0x", "2105", "0x10000000000000000", "0x-1", "0x+1", "0x 1", 8_453, nil] {
            #expect(JSONRPC.quantity(bad) == nil)
        }
    }
}
