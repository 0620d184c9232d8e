import HTTPTypes
import Primitives
import Testing

@testable import HTTPServer

@Suite("What a request brings is checked before a handler sees it")
struct RequestReaderTests {
    private static let endpoint = Endpoint(
        .post, "/things", area: "Things", summary: "Reads everything.", access: .anyone,
        parameters: [
            .init(.query, "limit", .digits(upTo: 3), "A number."),
            .init(.query, "name", length: 1...5, isRequired: true, "A name."),
            .init(.header, "Idempotency-Key", .visible, "A key."),
        ],
        input: .object([.required("a", .integer(0...9))], isOpen: true), answer: .json(200, .anything),
        bodyLimit: 1 << 20
    ) { _ in .json(nil) }

    private func reader(query: String? = "name=n", _ fields: HTTPFields = [:], body: String = "") -> RequestReader {
        let head = RequestHead(method: .post, path: "/things", query: query, fields: fields)
        return RequestReader(
            endpoint: RequestReaderTests.endpoint, request: Request(head, body: RequestBytes(Array(body.utf8))))
    }

    private func refusal(_ reader: RequestReader) async -> APIError? {
        do throws(APIError) {
            _ = try reader.parameters()
            _ = try await reader.body()
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "Query parameters are decoded; those that nobody declared are passed over",
        arguments: [
            ("name=n", "n"), ("name=a+b", "a b"), ("name=a%20b", "a b"), ("name=%C3%A9", "é"), ("na%6De=n", "n"),
            ("name=a%2526", "a%26"), ("name=a=b", "a=b"), ("&&name=n&", "n"), ("other=%20&other=2&name=n", "n"),
            ("name=12345", "12345"), ("name=a%26b", "a&b"),
        ])
    func query(query: String, value: String) throws {
        #expect(try reader(query: query).parameters() == ["name": value])
    }

    @Test(
        "Parameters that do not fit are named, never quoted",
        arguments: [
            (nil, "query name is missing."), ("", "query name is missing."), ("limit=1", "query name is missing."),
            ("Name=n", "query name is missing."), ("name", "query name must have 1 to 5 characters."),
            ("name=", "query name must have 1 to 5 characters."),
            ("name=canary", "query name must have 1 to 5 characters."),
            ("name=a&name=b", "query name must stand once."), ("name=a&n%61me=b", "query name must stand once."),
            ("name=n&limit=x1", "query limit must match ^[0-9]{1,3}$."),
            ("name=n&limit=", "query limit must have 1 to 3 characters."),
            ("name=n&limit=1000", "query limit must have 1 to 3 characters."),
            ("name=n&limit=1&limit=1", "query limit must stand once."),
        ] as [(String?, String)])
    func badQuery(query: String?, message: String) async {
        let error = await refusal(reader(query: query))
        #expect(error?.kind == .invalidRequest)
        #expect(error?.message == message)
        #expect(error?.message?.contains("canary") != true)
    }

    @Test(
        "A broken escape anywhere in the query is refused, undeclared parameters included",
        arguments: ["name=n&x=%", "name=n&%zz=1", "name=%ff", "name=n&x=%0a", "name=n&x=%00", "name=n&x=%C0%AF"])
    func brokenEscape(query: String) async {
        let error = await refusal(reader(query: query))
        #expect(error?.kind == .invalidRequest)
        #expect(error?.reason == "query_escape")
    }

    @Test("Header parameters are found in any case, and may stand once")
    func headers() async throws {
        let values = try reader(["idempotency-KEY": "k1"]).parameters()
        #expect(values == ["name": "n", "Idempotency-Key": "k1"])
        let twice = await refusal(reader(["Idempotency-Key": "k1", "idempotency-key": "k1"]))
        #expect(twice?.message == "header Idempotency-Key must stand once.")
        let spaced = await refusal(reader(["Idempotency-Key": "can ary"]))
        #expect(spaced?.message == "header Idempotency-Key must match ^[!-~]{1,255}$.")
    }

    @Test(
        "A JSON body is read under its own media type only",
        arguments: [
            (["application/json"], true), (["Application/JSON"], true), (["application/json; charset=utf-8"], true),
            (["application/json;charset=UTF-8"], true), (["application/json ; charset=\"utf-8\""], true),
            (["application/json;"], true), (["application/json; "], true), ([], false), ([""], false),
            (["application/json", "application/json"], false), (["application/json, text/plain"], false),
            (["text/plain"], false), (["application/json2"], false), (["application/problem+json"], false),
            (["application/x-www-form-urlencoded"], false), (["multipart/form-data; boundary=application/json"], false),
            (["application/json; charset=utf-16"], false), (["application/json; charset=latin1"], false),
            (["application/json; charset=utf-8; charset=utf-16"], false), (["application/json; boundary=x"], false),
            ([";application/json"], false), (["application /json"], false),
        ])
    func mediaTypes(types: [String], isTaken: Bool) async {
        let fields = HTTPFields(types.map { .init("Content-Type", $0) })
        let error = await refusal(reader(fields, body: #"{"a":1}"#))
        #expect(error?.kind == (isTaken ? nil : .unsupportedMediaType))
    }

    @Test("A route that reads no body does not ask for a media type")
    func noBody() async throws {
        let head = RequestHead(method: .get, path: "/agents/a", fields: ["Content-Type": "text/plain"])
        let reader = RequestReader(
            endpoint: .echo(.get, "/agents/{id}"), request: Request(head, body: RequestBytes(Array("{".utf8))))
        let body = try await reader.body()
        #expect(body.value == .null)
        #expect(body.withheld == [:])
    }

    @Test(
        "A body that is not JSON, or not of the declared shape, is refused with the place, without its content",
        arguments: [
            ("", "The body is not JSON: unexpectedEnd at byte 0."),
            ("{", "The body is not JSON: unexpectedEnd at byte 1."),
            (#"{"a":1}canary"#, "The body is not JSON: trailingText at byte 7."),
            (#"{"a":1,"a":1}"#, "The body is not JSON: duplicateMember at byte 10."),
            (#"{"a":01}"#, "The body is not JSON: invalidNumber at byte 6."),
            (#"{"a":"\ud800"}"#, "The body is not JSON: unexpectedByte at byte 12."),
            (#"{"a":NaN}"#, "The body is not JSON: unexpectedByte at byte 5."),
            ("\u{feff}{}", "The body is not JSON: unexpectedByte at byte 0."),
            (#"{"a":10}"#, "a: must be from 0 to 9."), (#"["canary"]"#, "body: must be an object."),
            (#"{"b":"canary"}"#, "a: is missing."),
        ])
    func badBodies(body: String, message: String) async {
        let error = await refusal(reader(["Content-Type": "application/json"], body: body))
        #expect(error?.kind == .invalidRequest)
        if body.contains("ud800") {
            #expect(error?.reason == "json")
        } else {
            #expect(error?.message == message)
        }
    }

    @Test(
        "Bytes that are not UTF-8 are refused",
        arguments: [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xC0, 0xAF]] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) async {
        let head = RequestHead(
            method: .post, path: "/things", query: "name=n", fields: ["Content-Type": "application/json"])
        let body = Array(#"{"a":1,"b":""#.utf8) + bytes + Array("\"}".utf8)
        let reader = RequestReader(
            endpoint: RequestReaderTests.endpoint, request: Request(head, body: RequestBytes(body)))
        let error = await refusal(reader)
        #expect(error?.kind == .invalidRequest)
        #expect(error?.reason == "json")
    }

    @Test("Nesting is bounded", arguments: [(64, true), (65, false)])
    func depth(levels: Int, isTaken: Bool) async {
        let nested = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        let error = await refusal(reader(["Content-Type": "application/json"], body: #"{"a":1,"b":\#(nested)}"#))
        #expect((error == nil) == isTaken, "\(error?.message ?? "")")
    }

    @Test(
        "A body above the limit is read elsewhere, so that the event loop goes on", arguments: [(0, false), (1, true)])
    func offLoads(over: Int, leaves: Bool) async throws {
        let frame = #"{"a":1,"b":""}"#
        let filler = String(repeating: "x", count: Endpoint.inlineBodyBytes + over - frame.utf8.count)
        let reader = reader(["Content-Type": "application/json"], body: #"{"a":1,"b":"\#(filler)"}"#)
        #expect(reader.request.body.count == Endpoint.inlineBodyBytes + over)
        let executor = CountingExecutor()
        let (value, jobs) = try await Task(executorPreference: executor) {
            let before = executor.jobs
            let body = try await reader.body()
            return (body.value["a"], executor.jobs - before)
        }.value
        #expect(value == 1)
        #expect((jobs > 0) == leaves, "coming back costs a job")
    }
}
