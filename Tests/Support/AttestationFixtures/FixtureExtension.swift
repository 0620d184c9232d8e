/// One extension of a certificate or CRL: what stands in extnValue is given as it is, DER or not.
package struct FixtureExtension: Hashable, Sendable {
    package var object: [UInt64]
    package var isCritical: Bool
    package var value: [UInt8]

    package init(object: [UInt64], isCritical: Bool = false, value: [UInt8]) {
        self.object = object
        self.isCritical = isCritical
        self.value = value
    }

    /// Below AMD's 1.3.6.1.4.1.3704.1.
    static func amd(_ suffix: [UInt64], _ value: [UInt8]) -> FixtureExtension {
        FixtureExtension(object: [1, 3, 6, 1, 4, 1, 3704, 1] + suffix, value: value)
    }

    static func basicConstraints(isAuthority: Bool, pathLength: UInt64?) -> FixtureExtension {
        let parts = (isAuthority ? [DER.yes] : []) + (pathLength.map { [DER.integer($0)] } ?? [])
        return FixtureExtension(object: [2, 5, 29, 19], isCritical: true, value: DER.sequence(parts))
    }

    /// keyCertSign is bit 5, cRLSign bit 6 (RFC 5280 section 4.2.1.3).
    static func keyUsage(signsCRLs: Bool) -> FixtureExtension {
        let bits: [UInt8] = signsCRLs ? [1, 0x06] : [2, 0x04]
        return FixtureExtension(object: [2, 5, 29, 15], isCritical: true, value: DER.value(0x03, bits))
    }

    static func subjectKey(_ identifier: [UInt8]) -> FixtureExtension {
        FixtureExtension(object: [2, 5, 29, 14], value: DER.octets(identifier))
    }

    static func authorityKey(_ identifier: [UInt8]) -> FixtureExtension {
        FixtureExtension(object: [2, 5, 29, 35], value: DER.sequence([DER.value(0x80, identifier)]))
    }

    static func crlNumber(_ number: UInt64) -> FixtureExtension {
        FixtureExtension(object: [2, 5, 29, 20], value: DER.integer(number))
    }

    package var der: [UInt8] {
        DER.sequence([DER.object(object)] + (isCritical ? [DER.yes] : []) + [DER.octets(value)])
    }
}
