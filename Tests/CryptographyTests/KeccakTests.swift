import Primitives
import Testing

@testable import Cryptography

@Suite("Keccak-256")
struct KeccakTests {
    @Test("Ethereum's padding, at every block edge, and never SHA3's", arguments: Vectors.cases("keccak256"))
    func published(vector: JSON) throws {
        let input = try vector.bytes("input")
        #expect(Int64(input.count) == vector["len"]?.integer)
        #expect(try Keccak256.hash(input) == vector.bytes("keccak256"))
        #expect(try Keccak256.hash(input) != vector.bytes("sha3_256"))
    }

    @Test("It does not matter how a message is cut")
    func cuts() {
        let message = SeededRandom(seed: 2).bytes(300)
        let whole = Keccak256.hash(message)
        for cut in 0...message.count {
            #expect(Keccak256.hash(Array(message[..<cut]), [], Array(message[cut...])) == whole)
        }
    }
}
