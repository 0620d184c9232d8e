import Testing

@testable import Agents

@Suite("The agents on offer")
struct AgentCatalogueTests {
    @Test("Every built-in agent can be found by its id and says who it is")
    func builtIn() {
        let catalogue = AgentCatalogue.builtIn
        #expect(catalogue.agents.map(\.id) == ["assistant", "code-reviewer", "editor"])
        for agent in catalogue.agents {
            #expect(catalogue[agent.id] == agent)
            #expect(agent.id.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D })
            for text in [agent.name, agent.title, agent.description, agent.model, agent.systemPrompt] {
                #expect(!text.isEmpty)
            }
        }
    }

    @Test("An unknown id finds nothing", arguments: ["", "Assistant", "assistant ", "../assistant"])
    func unknown(id: String) {
        #expect(AgentCatalogue.builtIn[id] == nil)
    }
}
