import Cryptography
import Ethereum
import Primitives
import Testing

@Suite("Addresses")
struct AddressTests {
    @Test("Checksummed spellings are those of EIP-55; a wrong letter is refused", arguments: Vectors.cases("eip55"))
    func published(vector: JSON) throws {
        if let given = vector["given"]?.string {
            #expect(vector["validChecksum"] == false)
            #expect(Address(given) == nil)
            return
        }
        let lower = try #require(vector["lower"]?.string)
        let checksum = try #require(vector["checksum"]?.string)
        let address = try #require(Address(lower))
        #expect(address.lowercase == lower)
        #expect(address.checksummed == checksum)
        #expect("\(address)" == checksum)
        #expect(Address(checksum) == address)
        #expect(Address(checksummed: checksum) == address)
        #expect((Address(checksummed: lower) == nil) == (lower != checksum))
        #expect(Address("0x" + lower.dropFirst(2).uppercased()) == address, "all upper case carries no checksum")
        if vector["privateKey"] != nil {
            let scalar = try Secret(copying: vector.bytes("privateKey"))
            let point = try vector.bytes("publicKeyUncompressed")
            #expect(Secp256k1.publicKey(of: scalar) == Array(point.dropFirst()))
            #expect(WalletKey(scalar)?.address == address)
            #expect(Address(publicKey: Array(point.dropFirst())) == address)
        }
    }

    @Test("The file has the cases it had")
    func completeness() {
        #expect(Vectors.cases("eip55").count == 10)
    }

    @Test("Every change of one letter's case is refused")
    func checksum() {
        let good = Array("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".utf8)
        for index in good.indices.dropFirst(2) where good[index] >= 0x41 {
            var bad = good
            bad[index] ^= 0x20
            #expect(Address(String(decoding: bad, as: UTF8.self)) == nil)
        }
    }

    @Test(
        "Other texts are no address",
        arguments: [
            "", "0x", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed0",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg", " 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x0x5aaeb6053f3e94c9b9a09f33669435e7ef1bea",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1bea\u{E9}", "vitalik.eth",
        ])
    func malformed(text: String) {
        #expect(Address(text) == nil)
        #expect(Address(checksummed: text) == nil)
    }

    @Test("Exactly 20 bytes are an address")
    func byteCount() {
        for count in [0, 19, 20, 21, 32] {
            #expect((Address(bytes: [UInt8](repeating: 1, count: count)) != nil) == (count == 20))
        }
    }
}
