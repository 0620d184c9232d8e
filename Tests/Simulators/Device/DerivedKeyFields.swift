import Cryptography

/// A request for a derived key, as the firmware reads it.
struct DerivedKeyFields {
    let root: UInt32
    let fields: UInt64
    let vmpl: UInt32
    let guestSVN: UInt32
    /// Eight bytes.
    let tcb: [UInt8]

    /// From struct snp_derived_key_req.
    init(_ bytes: [UInt8]) {
        root = Little.number(UInt32.self, in: bytes, at: 0)
        fields = Little.number(UInt64.self, in: bytes, at: 8)
        vmpl = Little.number(UInt32.self, in: bytes, at: 16)
        guestSVN = Little.number(UInt32.self, in: bytes, at: 20)
        tcb = Array(bytes[24..<32])
    }

    /// Known fields only; no version above the guest's or the committed one.
    func isAllowed(_ guest: Guest, _ machine: Machine) -> Bool {
        root <= 1 && fields >> 6 == 0 && guestSVN <= guest.guestSVN && zip(tcb, machine.committedTCB).allSatisfy(<=)
    }

    /// HKDF over the root's secret and exactly the selected fields.
    func key(_ guest: Guest, _ machine: Machine) -> [UInt8]? {
        let parts: [[UInt8]] = [
            Little.bytes(guest.policy), guest.imageID, guest.familyID, guest.measurement, Little.bytes(guestSVN), tcb,
        ]
        var info = Little.bytes(fields) + Little.bytes(vmpl)
        for (bit, part) in parts.enumerated() where fields >> UInt64(bit) & 1 == 1 { info += part }
        let secret = root == 0 ? machine.endorsementSecret : guest.launchSecret
        guard let input = try? Secret(copying: secret),
            let key = try? HKDF.derive(salt: [], input: input, info: info, count: 32)
        else { return nil }
        return key.withBytes { Array($0) }
    }
}
