import Cryptography

/// Shamir's scheme (Communications of the ACM 22, 1979) over `FieldElement`: for each byte of the secret a polynomial
/// of degree k - 1 whose value at 0 is that byte and whose other coefficients are random. A share is the values at one
/// other place. Any k of them give the polynomials back; fewer say nothing at all about the secret.
struct SharePolynomials: Sendable {
    private let secret: Secret
    /// (k - 1) rows as long as the secret: the coefficients of x, x^2, ...
    private let coefficients: Secret
    private let threshold: Int

    /// Fresh polynomials through `secret`, with random bytes that are born in locked memory.
    init(through secret: Secret, threshold: Int) throws(SecretError) {
        try self.init(
            through: secret, threshold: threshold, coefficients: Secret(randomCount: secret.count * (threshold - 1)))
    }

    /// With coefficients that are given: for comparison with other programs.
    init(through secret: Secret, threshold: Int, coefficients: Secret) {
        precondition(threshold >= 1 && coefficients.count == secret.count * (threshold - 1), "k - 1 rows")
        self.secret = secret
        self.coefficients = coefficients
        self.threshold = threshold
    }

    /// The share at `place`, which is public and not 0.
    func value(at place: UInt8) throws(SecretError) -> Secret {
        precondition(place != 0, "the value at 0 is the secret")
        let x = FieldElement(place)
        return try Secret(count: secret.count) { output in
            secret.withBytes { secret in
                coefficients.withBytes { rows in
                    for index in 0..<secret.count {
                        // Horner's rule from the highest coefficient down.
                        var sum = FieldElement.zero
                        for row in (0..<threshold - 1).reversed() {
                            sum = sum * x + FieldElement(rows[row * secret.count + index])
                        }
                        output[index] = (sum * x + FieldElement(secret[index])).byte
                    }
                }
            }
        }
    }

    /// The values at 0 of the polynomials that go through `points`, by Lagrange's formula. The places are public,
    /// distinct and not 0; with fewer points than were needed the result is some other value.
    static func valueAtZero(through points: [(place: UInt8, value: Secret)]) throws(SecretError) -> Secret {
        let count = points.first?.value.count ?? 0
        precondition(points.allSatisfy { $0.value.count == count && $0.place != 0 }, "shares of one secret")
        precondition(Set(points.map(\.place)).count == points.count, "places are distinct")
        let weights = points.map { point in
            points.filter { $0.place != point.place }.reduce(FieldElement.one) { weight, other in
                let x = FieldElement(other.place)
                return weight * x * (x + FieldElement(point.place)).inverse
            }
        }
        return try Secret(count: count) { output in
            for (point, weight) in zip(points, weights) {
                point.value.withBytes { value in
                    for index in 0..<count {
                        output[index] = (FieldElement(output[index]) + weight * FieldElement(value[index])).byte
                    }
                }
            }
        }
    }
}
