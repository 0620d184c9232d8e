import DeviceSimulation
import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("The queue before the device", .serialized, .timeLimit(.minutes(1)))
struct DeviceQueueTests {
    private static func ask(_ queue: DeviceQueue, _ byte: UInt8) async -> Result<UInt8, DeviceFault> {
        guard let data = ReportData([UInt8](repeating: byte, count: 64)) else { return .failure(.unsupported) }
        do throws(DeviceFault) {
            return .success(try await queue.evidence(for: data).report[0])
        } catch {
            return .failure(error)
        }
    }

    /// Returns once so many callers wait.
    private static func wait(for count: Int, in queue: DeviceQueue) async {
        while queue.waitingCount != count { await Task.yield() }
    }

    @Test func `callers are served one at a time, in the order in which they came`() async throws {
        let device = StagedDevice()
        let queue = try DeviceQueue(device)
        #expect(queue.kind == .sevGuest)
        #expect(queue.health == .untried)
        device.hold()
        var callers = [Task { await Self.ask(queue, 1) }]
        await device.waitForRequests(1)
        for byte in 2...20 as ClosedRange<UInt8> {
            callers.append(Task { await Self.ask(queue, byte) })
            await Self.wait(for: Int(byte) - 1, in: queue)
        }
        #expect(device.asked == [1])
        device.release()
        for (index, caller) in callers.enumerated() { #expect(await caller.value == .success(UInt8(index + 1))) }
        #expect(device.asked == Array(1...20))
        #expect(queue.waitingCount == 0)
        #expect(queue.health == .working)
    }

    @Test func `one more than the places is refused at once, the others are served`() async throws {
        let device = StagedDevice()
        let queue = try DeviceQueue(device, capacity: 3)
        device.hold()
        let served = Task { await Self.ask(queue, 1) }
        await device.waitForRequests(1)
        let results = await withTaskGroup(of: Result<UInt8, DeviceFault>.self) { group in
            for byte in 2...5 as ClosedRange<UInt8> { group.addTask { await Self.ask(queue, byte) } }
            var results: [Result<UInt8, DeviceFault>] = []
            // Three wait until the release; the fourth is answered before.
            for await result in group {
                results.append(result)
                device.release()
            }
            return results
        }
        #expect(results.first == .failure(.queueFull))
        #expect(results.dropFirst().allSatisfy { if case .success = $0 { true } else { false } })
        #expect(await served.value == .success(1))
        #expect(device.asked.count == 4)
    }

    @Test func `a caller waits for its limit, however long the kernel keeps the request`() async throws {
        let device = StagedDevice()
        let queue = try DeviceQueue(device, limitMilliseconds: 80)
        device.hold()
        let start = Monotonic.nanoseconds()
        async let first = Self.ask(queue, 1)
        async let second = Self.ask(queue, 2)
        #expect(await first == .failure(.timedOut))
        #expect(await second == .failure(.timedOut))
        let waited = (Monotonic.nanoseconds() - start) / 1_000_000
        #expect((80..<2_000).contains(waited))
        #expect(queue.health == .failing(.timedOut))
        #expect(device.asked.count == 1, "who gave up while waiting never reaches the device")
        device.release()
        #expect(await Self.ask(queue, 3) == .success(3))
        #expect(queue.health == .working)
        #expect(device.asked.last == 3)
    }

    @Test func `a wiped message key is remembered, told to all who wait, and nothing more is sent`() async throws {
        let device = StagedDevice()
        let queue = try DeviceQueue(device)
        device.fail(1, with: .keyWiped)
        device.hold()
        let first = Task { await Self.ask(queue, 1) }
        await device.waitForRequests(1)
        let others = (2...4 as ClosedRange<UInt8>).map { byte in Task { await Self.ask(queue, byte) } }
        await Self.wait(for: 3, in: queue)
        device.release()
        #expect(await first.value == .failure(.keyWiped))
        for other in others { #expect(await other.value == .failure(.keyWiped)) }
        #expect(queue.health == .keyWiped)
        #expect(await Self.ask(queue, 5) == .failure(.keyWiped))
        await #expect(throws: DeviceFault.keyWiped) { try await queue.derivedKey(DerivedKeyRequest()) }
        #expect(device.asked == [1])
        #expect(device.keysAsked == 0)
    }

    @Test func `another fault is the caller's alone, and the next one may succeed`() async throws {
        let device = StagedDevice()
        let queue = try DeviceQueue(device)
        device.fail(1, with: .busy)
        #expect(await Self.ask(queue, 1) == .failure(.busy))
        #expect(queue.health == .failing(.busy))
        #expect(await Self.ask(queue, 2) == .success(2))
        #expect(queue.health == .working)
        #expect(try await queue.derivedKey(DerivedKeyRequest()).count == 3)
        device.fail(0xFF, with: .firmwareStatus(0x16))
        await #expect(throws: DeviceFault.firmwareStatus(0x16)) {
            try await queue.derivedKey(DerivedKeyRequest(guestSVN: 9))
        }
        #expect(queue.health == .working)
    }

    @Test func `a cancelled task gives its place up`() async throws {
        let device = StagedDevice()
        let queue = try DeviceQueue(device, capacity: 1)
        device.hold()
        let served = Task { await Self.ask(queue, 1) }
        await device.waitForRequests(1)
        let waiting = Task { await Self.ask(queue, 2) }
        await Self.wait(for: 1, in: queue)
        waiting.cancel()
        #expect(await waiting.value == .failure(.cancelled))
        #expect(queue.waitingCount == 0)
        let next = Task { await Self.ask(queue, 3) }
        await Self.wait(for: 1, in: queue)
        served.cancel()
        #expect(await served.value == .failure(.cancelled))
        device.release()
        #expect(await next.value == .success(3))
        #expect(device.asked == [1, 3])
    }

    @Test func `a stop answers everybody, also whose request is in the kernel`() async throws {
        let device = StagedDevice()
        let queue = try DeviceQueue(device)
        device.hold()
        let served = Task { await Self.ask(queue, 1) }
        await device.waitForRequests(1)
        queue.stop()
        #expect(await served.value == .failure(.stopped))
        #expect(await Self.ask(queue, 2) == .failure(.stopped))
        device.release()
        #expect(device.asked == [1])
    }

    @Test func `the simulated host's throttling outlasts the caller, and its end is seen`() async throws {
        let machine = try SimulatedMachine(["--fault", "throttled"])
        let queue = try DeviceQueue(machine.sevGuest(), limitMilliseconds: 200)
        let data = try reportData(1)
        await #expect(throws: DeviceFault.timedOut) { try await queue.evidence(for: data) }
        #expect(queue.health == .failing(.timedOut))
        try machine.tell("fault none")
        let patient = try DeviceQueue(machine.sevGuest(), limitMilliseconds: 20_000)
        #expect(try await patient.evidence(for: data).report.count == 1184)
        #expect(patient.health == .working)
    }

    @Test func `the simulated driver's wiped key shows in the health and ends all requests`() async throws {
        let machine = try SimulatedMachine(["--fault", "hypervisor-error"])
        let queue = try DeviceQueue(machine.sevGuest())
        let data = try reportData(1)
        await #expect(throws: DeviceFault.hypervisor(3)) { try await queue.evidence(for: data) }
        #expect(queue.health == .failing(.hypervisor(3)))
        await #expect(throws: DeviceFault.keyWiped) { try await queue.derivedKey(DerivedKeyRequest()) }
        #expect(queue.health == .keyWiped)
        let calls = try machine.calls()
        await #expect(throws: DeviceFault.keyWiped) { try await queue.evidence(for: data) }
        #expect(try machine.calls() == calls)
    }
}
