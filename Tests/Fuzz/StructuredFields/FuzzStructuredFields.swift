/// Runs the reader of structured fields on what libFuzzer invents; a broken invariant is a crash like any other.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let violation = StructuredFieldInvariants.violation(Array(UnsafeBufferPointer(start: start, count: count)))
    precondition(violation == nil, "the field's invariant: \(violation ?? "")")
    return 0
}

/// libFuzzer's own main program.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// SwiftPM starts an executable at this name instead of `main`.
@_cdecl("FuzzStructuredFields_main")
public func start(_ count: CInt, _ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    var count = count
    var words = words
    return withUnsafeMutablePointer(to: &words) { runDriver(&count, $0, fuzz) }
}
