import Primitives
import Testing

@testable import Ethereum

@Suite("A contract is asked about a signature as EIP-1271 has it")
struct ContractQuestionTests {
    private func vector(_ id: String) throws -> JSON {
        try #require(Vectors.cases("evm-calls").first { $0["id"]?.string == id })
    }

    @Test("The call is the vector's, byte for byte")
    func call() throws {
        let vector = try vector("call-1271")
        let call = ContractQuestion.callData(
            digest: try vector.bytes("hash"), signature: try vector.bytes("signature"))
        #expect(call == (try vector.bytes("calldata")))
    }

    @Test("Only the selector with zeros behind it is a yes; more may follow")
    func answers() throws {
        let vector = try vector("call-1271")
        let valid = try vector.bytes("valid")
        #expect(ContractQuestion.isYes(valid))
        #expect(ContractQuestion.isYes(valid + [1]))
        #expect(!ContractQuestion.isYes(valid.dropLast()))
        let others = try #require(vector["invalidExamples"]?.array)
        #expect(others.count > 3)
        for other in others.compactMap(\.string) { #expect(!ContractQuestion.isYes(Hex.decode(other) ?? valid)) }
        for place in valid.indices {
            var altered = valid
            altered[place] ^= 1
            #expect(!ContractQuestion.isYes(altered))
        }
    }

    @Test("Code is nothing, a delegation of exactly 23 bytes, or a contract")
    func code() throws {
        let vector = try vector("code-7702")
        let code = try vector.bytes("code")
        let delegate = try #require(vector["delegate"]?.string.flatMap { Address($0) })
        #expect(AccountCode(code) == .delegated(to: delegate))
        #expect(AccountCode([]) == .none)
        #expect(AccountCode(code + [0]) == .contract)
        #expect(AccountCode(code.dropLast()) == .contract)
        #expect(AccountCode([0xEF, 0x01, 0x01] + code.dropFirst(3)) == .contract)
        #expect(AccountCode([0]) == .contract)
    }
}
