public import Database
public import Testing

/// The engine on which the running test works.
public enum TestEngine {
    /// SQLite, unless a suite or test is marked `.onEveryEngine`.
    @TaskLocal public static var current = DatabaseEngine.sqlite
}

/// Runs each test once on every engine.
public struct EveryEngine: SuiteTrait, TestTrait, TestScoping {
    /// A suite's tests run on every engine, those of suites within it too.
    public var isRecursive: Bool { true }

    /// Runs `function` once for each engine.
    @concurrent
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        for engine in DatabaseEngine.allCases {
            try await TestEngine.$current.withValue(engine) { try await function() }
        }
    }
}

/// Within a suite for every engine: a test of what only a file can show, or only holds where a node is alone.
public struct FileOnly: TestTrait, TestScoping {
    /// Runs `function` where the engine is SQLite.
    @concurrent
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        if TestEngine.current == .sqlite { try await function() }
    }
}

extension Trait where Self == FileOnly {
    /// Looks into the file, or counts on no other node: it has nothing to say of a server.
    public static var onFile: FileOnly { FileOnly() }
}

extension Trait where Self == EveryEngine {
    /// The promise holds on every engine.
    public static var onEveryEngine: EveryEngine { EveryEngine() }
}
