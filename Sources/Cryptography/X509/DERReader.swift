import Primitives

/// Takes DER elements (X.690 section 10) off the front of a range of bytes. Every length must be definite, in its
/// shortest form and inside the range; what the caller does not take is found by `end()`. Never copies the whole.
struct DERReader {
    /// The tags that certificates use. Tag numbers above 30 take more than one byte and do not occur.
    enum Tag: UInt8 {
        case boolean = 0x01
        case integer = 0x02
        case bitString = 0x03
        case octetString = 0x04
        case null = 0x05
        case objectIdentifier = 0x06
        case enumerated = 0x0A
        case utf8String = 0x0C
        case printableString = 0x13
        case ia5String = 0x16
        case utcTime = 0x17
        case generalizedTime = 0x18
        case sequence = 0x30
        case set = 0x31
        case context0 = 0xA0
        case context3 = 0xA3
    }

    /// One element: where it starts, and where its content lies.
    struct Element {
        let tag: UInt8
        let whole: Range<Int>
        let content: Range<Int>
    }

    let bytes: [UInt8]
    private var place: Int
    private let limit: Int

    init(_ bytes: [UInt8]) {
        self.init(bytes, bytes.indices)
    }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        limit = range.upperBound
    }

    var isAtEnd: Bool { place == limit }

    /// Fails if anything is left.
    func end(of what: String) throws(DERFault) {
        if !isAtEnd { throw DERFault(detail: "\(what): \(limit - place) bytes too many") }
    }

    /// Whether the next element has this tag.
    func isNext(_ tag: Tag) -> Bool {
        place < limit && bytes[place] == tag.rawValue
    }

    /// Takes the next element, whatever its tag.
    mutating func element(_ what: String) throws(DERFault) -> Element {
        guard limit - place >= 2 else { throw DERFault(detail: "\(what): cut off") }
        let start = place
        let tag = bytes[start]
        guard tag & 0x1F != 0x1F else { throw DERFault(detail: "\(what): a tag of several bytes") }
        var body = start + 2
        var count = Int(bytes[start + 1])
        if count > 0x80 {
            let digits = count - 0x80
            guard digits <= 4, digits <= limit - body else { throw DERFault(detail: "\(what): a length cut off") }
            count = bytes[body..<body + digits].reduce(0) { $0 << 8 | Int($1) }
            body += digits
            guard count >= 0x80, count >> (8 * (digits - 1)) > 0 else {
                throw DERFault(detail: "\(what): a length not in its shortest form")
            }
        } else if count == 0x80 {
            throw DERFault(detail: "\(what): a length left open")
        }
        guard count <= limit - body else { throw DERFault(detail: "\(what): longer than what holds it") }
        place = body + count
        return Element(tag: tag, whole: start..<place, content: body..<place)
    }

    /// Takes the next element, which must have this tag.
    mutating func element(_ tag: Tag, _ what: String) throws(DERFault) -> Element {
        let element = try element(what)
        guard element.tag == tag.rawValue else {
            throw DERFault(detail: "\(what): tag \(element.tag) instead of \(tag.rawValue)")
        }
        return element
    }

    /// Takes the next element of this tag, to read what is inside.
    mutating func inside(_ tag: Tag, _ what: String) throws(DERFault) -> DERReader {
        DERReader(bytes, try element(tag, what).content)
    }

    /// Takes the content of the next element of this tag.
    mutating func content(_ tag: Tag, _ what: String) throws(DERFault) -> [UInt8] {
        Array(bytes[try element(tag, what).content])
    }
}

extension DERReader {
    /// A whole number that is not negative, big-endian without leading zeros; zero is one zero byte.
    mutating func magnitude(_ what: String) throws(DERFault) -> [UInt8] {
        let digits = try content(.integer, what)
        guard let first = digits.first else { throw DERFault(detail: "\(what): an empty number") }
        guard first < 0x80 else { throw DERFault(detail: "\(what): a negative number") }
        if digits.count > 1, first == 0 {
            guard digits[1] >= 0x80 else { throw DERFault(detail: "\(what): a number with a zero too many") }
            return Array(digits.dropFirst())
        }
        return digits
    }

    /// A number from 0 to 255.
    mutating func byte(_ what: String) throws(DERFault) -> UInt8 {
        let digits = try magnitude(what)
        guard digits.count == 1 else { throw DERFault(detail: "\(what): above 255") }
        return digits[0]
    }

    /// A truth value that is `true`: the ones read here default to false, and DER leaves a default out.
    mutating func boolean(_ what: String) throws(DERFault) -> Bool {
        guard try content(.boolean, what) == [0xFF] else { throw DERFault(detail: "\(what): a truth value not in DER") }
        return true
    }

    mutating func oid(_ what: String) throws(DERFault) -> OID {
        guard let oid = OID(content: try content(.objectIdentifier, what)) else {
            throw DERFault(detail: "\(what): an object identifier with a broken arc")
        }
        return oid
    }

    /// The bytes of a bit string whose bits fill them.
    mutating func wholeBytes(_ what: String) throws(DERFault) -> [UInt8] {
        let content = try content(.bitString, what)
        guard content.first == 0 else { throw DERFault(detail: "\(what): bits that fill no byte") }
        return Array(content.dropFirst())
    }

    /// RFC 5280 section 4.1.2.5: UTCTime to 2049, GeneralizedTime from 2050, both to the second and in UTC. An early
    /// GeneralizedTime is let pass: it means what it says.
    mutating func time(_ what: String) throws(DERFault) -> Timestamp {
        let element = try element(what)
        var digits = String(decoding: bytes[element.content], as: UTF8.self)
        switch (element.tag, element.content.count) {
        case (Tag.utcTime.rawValue, 13): digits = (digits.prefix(2) < "50" ? "20" : "19") + digits
        case (Tag.generalizedTime.rawValue, 15): break
        default: throw DERFault(detail: "\(what): not a time of RFC 5280")
        }
        let parts = Array(digits)
        guard parts.count == 15, parts[14] == "Z" else { throw DERFault(detail: "\(what): not in UTC") }
        func part(_ range: Range<Int>) -> String { String(parts[range]) }
        let day = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))"
        let time = "\(part(8..<10)):\(part(10..<12)):\(part(12..<14))"
        guard let moment = Timestamp(iso8601: "\(day)T\(time)Z") else {
            throw DERFault(detail: "\(what): no such moment")
        }
        return moment
    }
}
