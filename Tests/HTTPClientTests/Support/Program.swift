import Foundation

/// Another program, run by a test.
enum Program {
    struct Failed: Error {
        let output: String
    }

    /// Runs a program to its end and returns what it wrote.
    @discardableResult
    static func run(_ name: String, _ arguments: [String]) throws -> String {
        let (process, output) = make(name, arguments)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(output: text) }
        return text
    }

    /// A program that is not running yet, and its output.
    static func make(_ name: String, _ arguments: [String]) -> (Process, Pipe) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardOutput = output
        process.standardError = output
        return (process, output)
    }
}
