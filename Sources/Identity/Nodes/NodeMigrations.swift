public import Database

/// What nodes that share a database tell one another. Comes after every module whose tables it watches.
public enum NodeMigrations {
    /// Every step, in order.
    public static let all = [
        Migration(
            module: "nodes", number: 1, name: "keys of nodes, and what is announced",
            sql: """
                create table node_keys (
                    kid {text} not null primary key,
                    public_key {bytes} not null,
                    accepted_until {int64} not null,
                    code {bytes} not null
                ) {strict};
                create index node_keys_by_end on node_keys (accepted_until);
                {announce node_keys kid kid}
                {announce login_sessions id revoked_at}
                {announce wallet_token_marks wallet_id refused_until}

                """)
    ]
}
