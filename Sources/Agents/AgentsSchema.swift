public import Database

/// The tables of this module.
public enum AgentsSchema {
    /// Conversations, their sealed messages, and the turns that are under way.
    public static let migrations = [
        Migration(
            module: "agents", number: 1, name: "conversations",
            sql: """
                create table conversations (
                    id {text} primary key,
                    wallet_id {int64} not null,
                    agent_id {text} not null,
                    model {text} not null,
                    execution_engine {text},
                    created_at {int64} not null,
                    last_active_at {int64} not null,
                    message_count {int64} not null check (message_count >= 0),
                    content_bytes {int64} not null check (content_bytes >= 0),
                    preview {bytes}
                ){strict};
                create index conversations_by_wallet on conversations (wallet_id, last_active_at);

                create table messages (
                    conversation_id {text} not null references conversations (id),
                    sequence {int64} not null check (sequence > 0),
                    role {text} not null check (role in ('user', 'assistant')),
                    content_bytes {int64} not null check (content_bytes >= 0),
                    is_whole {bool} not null check (is_whole in (0, 1)),
                    created_at {int64} not null,
                    sealed {bytes} not null,
                    primary key (conversation_id, sequence)
                ){strict};

                create table turns (
                    conversation_id {text} primary key,
                    call_id {text} not null unique,
                    wallet_id {int64} not null,
                    user_sequence {int64} not null,
                    idempotency_key {text},
                    fingerprint {bytes},
                    started_at {int64} not null,
                    expires_at {int64} not null
                ){strict};
                """)
    ]
}
