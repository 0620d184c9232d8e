extension PriceCatalogue {
    /// The text of `catalogue.json`, which stands beside this file and is where prices are edited; a test keeps the two
    /// equal. It is compiled in so that the program needs no resource bundle beside it.
    static let embeddedText = #"""
        {
         "topic": "pricing-catalogue",
         "asOf": "2026-11-20",
         "source": "price table inside PyPI litellm 1.106.2 (its per-model source links are kept)",
         "unit": "integer micro-USD per million tokens (= pico-USD a token)",
         "models": {
          "claude-opus-5-5": {
           "provider": "anthropic",
           "input": 4000000,
           "output": 20000000,
           "cacheRead": 200000,
           "cacheWrite5m": 5000000,
           "cacheWrite1h": 8000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-opus-5": {
           "provider": "anthropic",
           "input": 5000000,
           "output": 25000000,
           "cacheRead": 500000,
           "cacheWrite5m": 6250000,
           "cacheWrite1h": 10000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-opus-4-8": {
           "provider": "anthropic",
           "input": 5000000,
           "output": 25000000,
           "cacheRead": 500000,
           "cacheWrite5m": 6250000,
           "cacheWrite1h": 10000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-opus-4-7": {
           "provider": "anthropic",
           "input": 5000000,
           "output": 25000000,
           "cacheRead": 500000,
           "cacheWrite5m": 6250000,
           "cacheWrite1h": 10000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-opus-4-6": {
           "provider": "anthropic",
           "input": 5000000,
           "output": 25000000,
           "cacheRead": 500000,
           "cacheWrite5m": 6250000,
           "cacheWrite1h": 10000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-opus-4-5": {
           "provider": "anthropic",
           "input": 5000000,
           "output": 25000000,
           "cacheRead": 500000,
           "cacheWrite5m": 6250000,
           "cacheWrite1h": 10000000,
           "maxInput": 200000,
           "maxOutput": 64000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-sonnet-5-5": {
           "provider": "anthropic",
           "input": 2000000,
           "output": 10000000,
           "cacheRead": 100000,
           "cacheWrite5m": 2500000,
           "cacheWrite1h": 4000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-sonnet-5": {
           "provider": "anthropic",
           "input": 2000000,
           "output": 10000000,
           "cacheRead": 200000,
           "cacheWrite5m": 2500000,
           "cacheWrite1h": 4000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-sonnet-4-6": {
           "provider": "anthropic",
           "input": 3000000,
           "output": 15000000,
           "cacheRead": 300000,
           "cacheWrite5m": 3750000,
           "cacheWrite1h": 6000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-sonnet-4-5": {
           "provider": "anthropic",
           "input": 3000000,
           "output": 15000000,
           "cacheRead": 300000,
           "cacheWrite5m": 3750000,
           "cacheWrite1h": 6000000,
           "deprecation": "2026-11-30",
           "maxInput": 200000,
           "maxOutput": 64000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-haiku-5-5": {
           "provider": "anthropic",
           "input": 100000,
           "output": 500000,
           "cacheRead": 10000,
           "cacheWrite5m": 125000,
           "cacheWrite1h": 200000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/models/haiku-5-5/overview",
           "above100k": {
            "input": 500000,
            "output": 2500000,
            "cacheRead": 50000,
            "cacheWrite5m": 625000
           }
          },
          "claude-haiku-4-5": {
           "provider": "anthropic",
           "input": 1000000,
           "output": 5000000,
           "cacheRead": 100000,
           "cacheWrite5m": 1250000,
           "cacheWrite1h": 2000000,
           "maxInput": 200000,
           "maxOutput": 64000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-fable-5": {
           "provider": "anthropic",
           "input": 10000000,
           "output": 50000000,
           "cacheRead": 1000000,
           "cacheWrite5m": 12500000,
           "cacheWrite1h": 20000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-fable-5-1": {
           "provider": "anthropic",
           "input": 10000000,
           "output": 50000000,
           "cacheRead": 250000,
           "cacheWrite5m": 12500000,
           "cacheWrite1h": 20000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-mythos-5": {
           "provider": "anthropic",
           "input": 10000000,
           "output": 50000000,
           "cacheRead": 1000000,
           "cacheWrite5m": 12500000,
           "cacheWrite1h": 20000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "claude-mythos-5-1": {
           "provider": "anthropic",
           "input": 10000000,
           "output": 50000000,
           "cacheRead": 250000,
           "cacheWrite5m": 12500000,
           "cacheWrite1h": 20000000,
           "maxInput": 1000000,
           "maxOutput": 128000,
           "source": "https://platform.claude.com/docs/en/about-claude/pricing"
          },
          "gpt-5.6": {
           "provider": "openai",
           "input": 4000000,
           "output": 20000000,
           "cacheRead": 400000,
           "cacheWrite5m": 5000000,
           "maxInput": 922000,
           "maxOutput": 128000,
           "above272k": {
            "input": 8000000,
            "output": 30000000,
            "cacheRead": 800000,
            "cacheWrite5m": 10000000
           }
          },
          "gpt-5.6-sol": {
           "provider": "openai",
           "input": 4000000,
           "output": 20000000,
           "cacheRead": 400000,
           "cacheWrite5m": 5000000,
           "maxInput": 922000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing",
           "above272k": {
            "input": 8000000,
            "output": 30000000,
            "cacheRead": 800000,
            "cacheWrite5m": 10000000
           }
          },
          "gpt-5.6-terra": {
           "provider": "openai",
           "input": 2000000,
           "output": 12000000,
           "cacheRead": 200000,
           "cacheWrite5m": 2500000,
           "maxInput": 922000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing",
           "above272k": {
            "input": 4000000,
            "output": 18000000,
            "cacheRead": 400000,
            "cacheWrite5m": 5000000
           }
          },
          "gpt-5.6-luna": {
           "provider": "openai",
           "input": 200000,
           "output": 1200000,
           "cacheRead": 20000,
           "cacheWrite5m": 250000,
           "maxInput": 922000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing",
           "above272k": {
            "input": 400000,
            "output": 1800000,
            "cacheRead": 40000,
            "cacheWrite5m": 500000
           }
          },
          "gpt-5.5": {
           "provider": "openai",
           "input": 5000000,
           "output": 30000000,
           "cacheRead": 500000,
           "maxInput": 1050000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing",
           "above272k": {
            "input": 10000000,
            "output": 45000000,
            "cacheRead": 1000000,
            "cacheWrite5m": null
           }
          },
          "gpt-5.5-pro": {
           "provider": "openai",
           "input": 30000000,
           "output": 180000000,
           "maxInput": 1050000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing",
           "above272k": {
            "input": 60000000,
            "output": 270000000,
            "cacheRead": null,
            "cacheWrite5m": null
           }
          },
          "gpt-5.4": {
           "provider": "openai",
           "input": 2500000,
           "output": 15000000,
           "cacheRead": 250000,
           "maxInput": 1050000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing",
           "above272k": {
            "input": 5000000,
            "output": 22500000,
            "cacheRead": 500000,
            "cacheWrite5m": null
           }
          },
          "gpt-5.4-mini": {
           "provider": "openai",
           "input": 750000,
           "output": 4500000,
           "cacheRead": 75000,
           "maxInput": 272000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gpt-5.4-nano": {
           "provider": "openai",
           "input": 200000,
           "output": 1250000,
           "cacheRead": 20000,
           "deprecation": "2027-04-01",
           "maxInput": 272000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gpt-5.2": {
           "provider": "openai",
           "input": 1750000,
           "output": 14000000,
           "cacheRead": 175000,
           "maxInput": 272000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gpt-5.1": {
           "provider": "openai",
           "input": 1250000,
           "output": 10000000,
           "cacheRead": 125000,
           "deprecation": "2027-04-01",
           "maxInput": 272000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gpt-5": {
           "provider": "openai",
           "input": 1250000,
           "output": 10000000,
           "cacheRead": 125000,
           "maxInput": 272000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gpt-5-mini": {
           "provider": "openai",
           "input": 250000,
           "output": 2000000,
           "cacheRead": 25000,
           "maxInput": 272000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gpt-5-nano": {
           "provider": "openai",
           "input": 50000,
           "output": 400000,
           "cacheRead": 5000,
           "maxInput": 272000,
           "maxOutput": 128000,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gpt-4.1": {
           "provider": "openai",
           "input": 2000000,
           "output": 8000000,
           "cacheRead": 500000,
           "maxInput": 1047576,
           "maxOutput": 32768,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gpt-4.1-mini": {
           "provider": "openai",
           "input": 400000,
           "output": 1600000,
           "cacheRead": 100000,
           "maxInput": 1047576,
           "maxOutput": 32768,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gpt-4.1-nano": {
           "provider": "openai",
           "input": 100000,
           "output": 400000,
           "cacheRead": 25000,
           "deprecation": "2026-10-23",
           "maxInput": 1047576,
           "maxOutput": 32768,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gpt-4o": {
           "provider": "openai",
           "input": 2500000,
           "output": 10000000,
           "cacheRead": 1250000,
           "maxInput": 128000,
           "maxOutput": 16384,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gpt-4o-mini": {
           "provider": "openai",
           "input": 150000,
           "output": 600000,
           "cacheRead": 75000,
           "maxInput": 128000,
           "maxOutput": 16384,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "o3": {
           "provider": "openai",
           "input": 2000000,
           "output": 8000000,
           "cacheRead": 500000,
           "maxInput": 200000,
           "maxOutput": 100000,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "o4-mini": {
           "provider": "openai",
           "input": 1100000,
           "output": 4400000,
           "cacheRead": 275000,
           "deprecation": "2026-10-23",
           "maxInput": 200000,
           "maxOutput": 100000,
           "source": "https://developers.openai.com/api/docs/pricing"
          },
          "gemini/gemini-3.8-flash": {
           "provider": "gemini",
           "input": 750000,
           "output": 3750000,
           "cacheRead": 75000,
           "maxInput": 1048576,
           "maxOutput": 65536,
           "source": "https://ai.google.dev/gemini-api/docs/pricing"
          },
          "gemini/gemini-3.7-flash": {
           "provider": "gemini",
           "input": 750000,
           "output": 3750000,
           "cacheRead": 75000,
           "maxInput": 1048576,
           "maxOutput": 65536,
           "source": "https://ai.google.dev/gemini-api/docs/pricing"
          },
          "gemini/gemini-3.6-flash": {
           "provider": "gemini",
           "input": 750000,
           "output": 3750000,
           "cacheRead": 75000,
           "maxInput": 1048576,
           "maxOutput": 65536,
           "source": "https://ai.google.dev/gemini-api/docs/pricing"
          },
          "gemini/gemini-3.5-flash": {
           "provider": "gemini",
           "input": 1500000,
           "output": 9000000,
           "cacheRead": 150000,
           "maxInput": 1048576,
           "maxOutput": 65536,
           "source": "https://ai.google.dev/gemini-api/docs/pricing"
          },
          "gemini/gemini-3.5-flash-lite": {
           "provider": "gemini",
           "input": 300000,
           "output": 2500000,
           "cacheRead": 30000,
           "maxInput": 1048576,
           "maxOutput": 65536,
           "source": "https://ai.google.dev/gemini-api/docs/pricing"
          },
          "gemini/gemini-3.1-pro-preview": {
           "provider": "gemini",
           "input": 2000000,
           "output": 12000000,
           "cacheRead": 200000,
           "maxInput": 1048576,
           "maxOutput": 65536,
           "source": "https://ai.google.dev/gemini-api/docs/pricing",
           "above200k": {
            "input": 4000000,
            "output": 18000000,
            "cacheRead": 400000,
            "cacheWrite5m": null
           }
          },
          "gemini/gemini-3.1-flash-lite": {
           "provider": "gemini",
           "input": 250000,
           "output": 1500000,
           "cacheRead": 25000,
           "deprecation": "2027-05-07",
           "maxInput": 1048576,
           "maxOutput": 65536,
           "source": "https://ai.google.dev/gemini-api/docs/pricing"
          },
          "gemini-2.5-pro": {
           "provider": "vertex_ai-language-models",
           "input": 1250000,
           "output": 10000000,
           "cacheRead": 125000,
           "deprecation": "2026-10-20",
           "maxInput": 1048576,
           "maxOutput": 65535,
           "source": "https://cloud.google.com/gemini-enterprise-agent-platform/generative-ai/pricing",
           "above200k": {
            "input": 2500000,
            "output": 15000000,
            "cacheRead": 250000,
            "cacheWrite5m": 250000
           }
          },
          "gemini-2.5-flash": {
           "provider": "vertex_ai-language-models",
           "input": 300000,
           "output": 2500000,
           "cacheRead": 30000,
           "deprecation": "2026-10-20",
           "maxInput": 1048576,
           "maxOutput": 65535,
           "source": "https://cloud.google.com/gemini-enterprise-agent-platform/generative-ai/pricing"
          },
          "gemini-2.5-flash-lite": {
           "provider": "vertex_ai-language-models",
           "input": 100000,
           "output": 400000,
           "cacheRead": 10000,
           "deprecation": "2026-10-20",
           "maxInput": 1048576,
           "maxOutput": 65535,
           "source": "https://cloud.google.com/gemini-enterprise-agent-platform/generative-ai/pricing"
          }
         }
        }

        """#
}
