import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("Splitting bytes")
struct SharePolynomialsTests {
    @Test("The field is a field: every product agrees with long division, every element but 0 has its inverse")
    func field() {
        for left in UInt8.min...UInt8.max {
            for right in UInt8.min...UInt8.max {
                let product = FieldElement(left) * FieldElement(right)
                guard product.byte == longhand(left, right) else {
                    Issue.record("\(left) times \(right) is not \(product.byte)")
                    return
                }
            }
            let element = FieldElement(left)
            #expect(element * element.inverse == (left == 0 ? .zero : .one))
        }
        // FIPS 197 section 4.2.
        #expect(FieldElement(0x57) * FieldElement(0x83) == FieldElement(0xC1))
    }

    @Test("Given coefficients give the shares that another program works out", arguments: sharesElsewhere)
    func elsewhere(place: UInt8, share: String) throws {
        let polynomials = SharePolynomials(
            through: try Secret(copying: 0..<32), threshold: 3, coefficients: try Secret(copying: 32..<96))
        let value = try polynomials.value(at: place)
        #expect(value.withBytes { Hex.encode($0) } == share)
    }

    @Test("One share fewer than needed fits every secret, and gives a wrong one")
    func tooFew() throws {
        let secret = try Secret(copying: 0..<32)
        let polynomials = try SharePolynomials(through: secret, threshold: 3)
        let points = try [UInt8(1), 2].map { (place: $0, value: try polynomials.value(at: $0)) }
        #expect(try !SharePolynomials.valueAtZero(through: points).isEqual(to: secret))
        // Any other secret has a third share that completes the two: they say nothing about which it was.
        let other = try Secret(randomCount: 32)
        let third = try SharePolynomials.valueAtZero(through: shifted(points + [(0, other)]))
        let complete = points + [(place: 3, value: third)]
        #expect(try SharePolynomials.valueAtZero(through: complete).isEqual(to: other))
    }

    /// The points seen from place 3, where no place is 0: what goes through them at 3 goes through these at 0.
    private func shifted(_ points: [(place: UInt8, value: Secret)]) -> [(place: UInt8, value: Secret)] {
        points.map { (place: $0.place ^ 3, value: $0.value) }
    }

    private func longhand(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product: UInt16 = 0
        for bit in 0..<8 where right >> bit & 1 == 1 { product ^= UInt16(left) << bit }
        for bit in (8..<16).reversed() where product >> bit & 1 == 1 { product ^= 0x11B << (bit - 8) }
        return UInt8(product)
    }

    private static let sharesElsewhere: [(UInt8, String)] = [
        (1, "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"),
        (2, "5b5c55524740494e63646d6a7f7871762b2c25223730393e13141d1a0f080106"),
        (5, "8c99a6b3d8cdf2e724310e1b70655a4fc7d2edf89386b9ac6f7a45503b2e1104"),
        (16, "aca6b8b2848e909afcf6e8e2d4dec0ca0c061812242e303a5c564842747e606a"),
    ]
}
