extension BookRule {
    static let unbalancedTransfers = """
        select t.id from transfers t left join postings p on p.transfer_id = t.id
        group by t.id, t.amount
        having count(p.line) <> 2 or coalesce(sum(p.amount), 0) <> 0 or coalesce(max(p.amount), 0) <> t.amount
        """

    static var unfitPostings: String {
        let fitting = TransferKind.allCases.flatMap { kind in
            [
                "(t.kind = '\(kind.rawValue)' and p.account = '\(kind.accounts.from.rawValue)' and p.amount < 0)",
                "(t.kind = '\(kind.rawValue)' and p.account = '\(kind.accounts.to.rawValue)' and p.amount > 0)",
            ]
        }
        return """
            select p.transfer_id from postings p left join transfers t on t.id = p.transfer_id
            where t.id is null or p.wallet_id is distinct from t.wallet_id or not (\(fitting.joined(separator: " or ")))
            """
    }

    static let wrongBalances = """
        select cast(w.wallet_id as text)
        from (select wallet_id from balances
            union select wallet_id from postings where wallet_id is not null
            union select wallet_id from holds) w
        left join balances b on b.wallet_id = w.wallet_id
        left join (select wallet_id,
                sum(case when account = 'available' then amount else 0 end) as posted,
                -sum(case when account = 'development_faucet' then amount else 0 end) as credits,
                sum(case when account = 'unsettled_spend' then amount else 0 end) as spend
            from postings where wallet_id is not null group by wallet_id) p on p.wallet_id = w.wallet_id
        left join (select wallet_id, count(*) as transfers from transfers where wallet_id is not null
            group by wallet_id) t on t.wallet_id = w.wallet_id
        left join (select wallet_id, sum(amount) as held from holds where state = 'open' group by wallet_id) h
            on h.wallet_id = w.wallet_id
        where coalesce(b.posted, 0) <> coalesce(p.posted, 0)
            or coalesce(b.development_credits, 0) <> coalesce(p.credits, 0)
            or coalesce(b.unsettled_spend, 0) <> coalesce(p.spend, 0)
            or coalesce(b.transfers, 0) <> coalesce(t.transfers, 0)
            or coalesce(b.held, 0) <> coalesce(h.held, 0)
            or coalesce(b.posted, 0) <> coalesce(b.development_credits, 0) - coalesce(b.unsettled_spend, 0)
        """

    static let wrongRunningBalances = """
        select id from (
            select t.id, t.balance_after,
                sum(p.amount) over (partition by t.wallet_id order by t.position) as running
            from transfers t join postings p on p.transfer_id = t.id and p.account = 'available'
            where t.wallet_id is not null) r
        where running <> balance_after
        """

    static let misbookedHolds = """
        select h.id from holds h
        left join transfers s on s.id = 'spend:' || h.id
        left join transfers o on o.id = 'overrun:' || h.id
        where coalesce(s.amount, 0) <> h.charged or coalesce(o.amount, 0) <> h.overrun
        """

    static let spendsWithoutHold = """
        select t.id from transfers t left join holds h on h.id = t.hold_id
        where t.kind in ('spend', 'overrun')
            and (h.id is null or t.id <> t.kind || ':' || h.id or (t.kind = 'spend' and t.wallet_id <> h.wallet_id))
        """

    static let misheldCalls = """
        select c.id from provider_calls c
        left join holds h on h.id = c.hold_id
        left join usage_charges u on u.call_id = c.id
        where h.id is null or h.wallet_id <> c.wallet_id
            or (c.settled_at is null and (h.state <> 'open' or u.call_id is not null))
            or (c.settled_at is not null and u.call_id is null and h.state <> 'released')
            or (c.settled_at is not null and u.call_id is not null
                and (h.state <> 'captured' or u.hold_id <> c.hold_id or u.wallet_id <> c.wallet_id
                    or u.charged <> h.charged or u.overrun <> h.overrun))
        """

    static let wrongAgentSpends = """
        select cast(w.wallet_id as text) || ' ' || w.agent_id
        from (select wallet_id, agent_id from agent_spends
            union select wallet_id, agent_id from transfers where kind = 'spend' and agent_id is not null) w
        left join agent_spends a on a.wallet_id = w.wallet_id and a.agent_id = w.agent_id
        left join (select wallet_id, agent_id, sum(amount) as spent from transfers
            where kind = 'spend' and agent_id is not null group by wallet_id, agent_id) t
            on t.wallet_id = w.wallet_id and t.agent_id = w.agent_id
        where coalesce(a.spent, 0) <> coalesce(t.spent, 0)
        """
}
