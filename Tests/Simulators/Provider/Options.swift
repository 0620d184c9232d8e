/// The command line.
struct Options {
    var host = "127.0.0.1"
    var port: UInt16 = 0
    var diesWithParent = false

    static let usage = """
        usage: provider-simulator [--host ADDRESS] [--port PORT] [--die-with-parent]

        Simulates the Anthropic Messages API. Port 0, the default, lets the kernel choose; the last start line says
        which. With --die-with-parent it ends when the program that started it ends.

        """

    /// Nil if the arguments make no sense.
    init?(_ arguments: some Sequence<String>) {
        var arguments = Array(arguments)[...]
        while let argument = arguments.popFirst() {
            switch argument {
            case "--host":
                guard let value = arguments.popFirst() else { return nil }
                host = value
            case "--port":
                guard let value = arguments.popFirst().flatMap({ UInt16($0) }) else { return nil }
                port = value
            case "--die-with-parent": diesWithParent = true
            default: return nil
            }
        }
    }
}
