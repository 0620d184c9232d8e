import HTTPServer
import HTTPTypes
import Synchronization

/// Stands in for the application until it is built: login texts and tokens name the public origin, and on port 0 that
/// is known only once the server listens. What comes in before is told to come again.
final class LateHandler: RequestHandler {
    private let application = Mutex<Application?>(nil)

    func install(_ application: Application) {
        self.application.withLock { $0 = application }
    }

    /// Lets go of the application when the server has ended: it knows the server, and neither would ever be freed.
    func remove() {
        application.withLock { $0 = nil }
    }

    func admit(_ head: RequestHead) -> Admission {
        application.withLock { $0 }?.admit(head) ?? .reject(LateHandler.notYet)
    }

    func handle(_ request: Request) async -> Response {
        guard let application = application.withLock({ $0 }) else { return LateHandler.notYet }
        return await application.handle(request)
    }

    func refuse(_ refusal: ProtocolRefusal) -> Response {
        application.withLock { $0 }?.refuse(refusal) ?? LateHandler.notYet
    }

    private static let notYet = Response(503, fields: ["Retry-After": "1"])
}
