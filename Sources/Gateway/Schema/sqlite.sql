-- Generated from the migrations of all modules, for sqlite. Do not edit.

create table if not exists schema_migrations (
    module text not null,
    number integer not null,
    name text not null,
    checksum integer not null,
    primary key (module, number)
) strict;

-- identity 1 (wallets, used nonces, login sessions)
begin;
create table wallets (
    id integer primary key autoincrement,
    address_index blob not null unique,
    sealed_address blob not null,
    created_at integer not null
) strict;
create table used_nonces (
    random blob not null primary key,
    expires_at integer not null
) strict;
create index used_nonces_by_expiry on used_nonces (expires_at);
create table login_sessions (
    id text not null primary key,
    wallet_id integer not null references wallets (id),
    created_at integer not null,
    expires_at integer not null,
    revoked_at integer
) strict;
create index login_sessions_by_expiry on login_sessions (expires_at);
insert into schema_migrations (module, number, name, checksum)
    values ('identity', 1, 'wallets, used nonces, login sessions', -5110051160537010933);
commit;

-- identity 2 (wallet settings)
begin;
create table wallet_settings (
    wallet_id integer not null primary key references wallets (id),
    sealed blob not null,
    updated_at integer not null
) strict;
insert into schema_migrations (module, number, name, checksum)
    values ('identity', 2, 'wallet settings', 7350230197687659677);
commit;

-- identity 3 (root check)
begin;
create table root_check (
    id integer not null primary key check (id = 1),
    code blob not null,
    created_at integer not null
) strict;
insert into schema_migrations (module, number, name, checksum)
    values ('identity', 3, 'root check', -4482830912734139687);
commit;

-- identity 4 (wallet token marks)
begin;
create table wallet_token_marks (
    wallet_id integer not null primary key references wallets (id),
    refused_until integer not null
) strict;
create index wallet_token_marks_by_end on wallet_token_marks (refused_until);
create index login_sessions_of_wallet_tokens on login_sessions (wallet_id, expires_at)
    where substr(id, 1, 4) = 'wtk_';
insert into schema_migrations (module, number, name, checksum)
    values ('identity', 4, 'wallet token marks', -3238592120491147731);
commit;

-- rates 1 (wallet rates)
begin;
create table wallet_rates (
    wallet_id integer not null references wallets (id),
    kind text not null,
    full_at integer not null,
    primary key (wallet_id, kind)
) strict;
create index wallet_rates_by_end on wallet_rates (full_at);
insert into schema_migrations (module, number, name, checksum)
    values ('rates', 1, 'wallet rates', -7065317892931886565);
commit;

-- proofs 1 (used proofs)
begin;
create table used_proofs (
    digest blob not null primary key,
    expires_at integer not null
) strict;
create index used_proofs_by_expiry on used_proofs (expires_at);
insert into schema_migrations (module, number, name, checksum)
    values ('proofs', 1, 'used proofs', -7375312897014130274);
commit;

-- credentials 1 (API keys, uses of sessions)
begin;
create table api_keys (
    id text not null primary key,
    wallet_id integer not null references wallets (id),
    sealed_name blob not null,
    permissions text not null,
    server text,
    created_at integer not null,
    last_used_at integer
) strict;
create index api_keys_by_wallet on api_keys (wallet_id);
create table api_key_secrets (
    prefix text not null primary key,
    key_id text not null references api_keys (id),
    code blob not null,
    is_current integer not null,
    created_at integer not null,
    expires_at integer not null,
    ends_at integer not null
) strict;
create index api_key_secrets_by_key on api_key_secrets (key_id);
create index api_key_secrets_by_end on api_key_secrets (ends_at);
alter table login_sessions add column last_used_at integer;
alter table login_sessions add column parent text;
create index login_sessions_by_wallet on login_sessions (wallet_id, expires_at);
create index login_sessions_by_parent on login_sessions (parent) where parent is not null;
insert into schema_migrations (module, number, name, checksum)
    values ('credentials', 1, 'API keys, uses of sessions', -6554800700314104704);
commit;

-- credentials 2 (devices)
begin;
create table device_pairings (
    code_index blob not null primary key,
    user_index blob not null unique,
    sealed blob not null,
    expires_at integer not null
) strict;
create index device_pairings_by_expiry on device_pairings (expires_at);
create table device_delegations (
    id text not null primary key,
    wallet_id integer not null references wallets (id),
    device_index blob not null,
    sealed blob not null,
    created_at integer not null,
    expires_at integer not null
) strict;
create index device_delegations_by_wallet on device_delegations (wallet_id);
create index device_delegations_by_device on device_delegations (device_index, created_at);
create index device_delegations_by_expiry on device_delegations (expires_at);
create table device_code_attempts (
    wallet_id integer not null primary key references wallets (id),
    since integer not null,
    tries integer not null
) strict;
create index device_code_attempts_by_time on device_code_attempts (since);
insert into schema_migrations (module, number, name, checksum)
    values ('credentials', 2, 'devices', -3688452907812061562);
commit;

-- credentials 3 (wallet bindings)
begin;
alter table wallets add column binding blob;
create index wallets_without_binding on wallets (id) where binding is null;
insert into schema_migrations (module, number, name, checksum)
    values ('credentials', 3, 'wallet bindings', 2985853602334788561);
commit;

-- credentials 4 (repositories)
begin;
create table github_repositories (
    id text not null primary key,
    wallet_id integer not null references wallets (id),
    name_index blob not null,
    sealed blob not null,
    created_at integer not null,
    unique (wallet_id, name_index)
) strict;
create index github_repositories_by_name on github_repositories (name_index);
insert into schema_migrations (module, number, name, checksum)
    values ('credentials', 4, 'repositories', -88417695710566100);
commit;

-- credentials 5 (codes over what API keys are good for)
begin;
alter table api_key_secrets add column facts_code blob;
insert into schema_migrations (module, number, name, checksum)
    values ('credentials', 5, 'codes over what API keys are good for', 6932735263852594041);
commit;

-- ledger 1 (book)
begin;
create table transfers (
    position integer primary key autoincrement,
    id text not null unique,
    kind text not null,
    wallet_id integer,
    amount integer not null check (amount > 0),
    agent_id text,
    hold_id text,
    booked_at integer not null,
    balance_after integer,
    check ((wallet_id is null) = (balance_after is null))
) strict;
create index transfers_by_wallet on transfers (wallet_id, position);
create index transfers_from_faucet on transfers (wallet_id, booked_at) where kind = 'faucet';

create table postings (
    transfer_id text not null references transfers (id),
    line integer not null,
    account text not null,
    wallet_id integer,
    amount integer not null,
    primary key (transfer_id, line)
) strict;
create trigger transfers_refuses_update before update on transfers
    begin select raise(abort, 'transfers is append-only'); end;
create trigger transfers_refuses_delete before delete on transfers
    begin select raise(abort, 'transfers is append-only'); end;
create trigger postings_refuses_update before update on postings
    begin select raise(abort, 'postings is append-only'); end;
create trigger postings_refuses_delete before delete on postings
    begin select raise(abort, 'postings is append-only'); end;

create table balances (
    wallet_id integer primary key,
    posted integer not null check (posted >= 0),
    held integer not null check (held >= 0),
    development_credits integer not null check (development_credits >= 0),
    unsettled_spend integer not null check (unsettled_spend >= 0),
    transfers integer not null check (transfers >= 0),
    check (held <= posted)
) strict;

create table agent_spends (
    wallet_id integer not null,
    agent_id text not null,
    spent integer not null check (spent > 0),
    primary key (wallet_id, agent_id)
) strict;

create table holds (
    id text primary key,
    wallet_id integer not null,
    amount integer not null check (amount >= 0),
    agent_id text,
    made_at integer not null,
    expires_at integer not null,
    state text not null check (state in ('open', 'captured', 'released', 'expired')),
    charged integer not null check (charged >= 0),
    overrun integer not null check (overrun >= 0),
    resolved_at integer,
    check (charged <= amount),
    check (state = 'captured' or (charged = 0 and overrun = 0)),
    check ((state = 'open') = (resolved_at is null))
) strict;
create index holds_open_by_expiry on holds (expires_at, id) where state = 'open';
insert into schema_migrations (module, number, name, checksum)
    values ('ledger', 1, 'book', -5918607716292428538);
commit;

-- ledger 2 (provider calls)
begin;
create table provider_calls (
    id text primary key,
    wallet_id integer not null,
    hold_id text not null unique references holds (id),
    agent_id text,
    model text not null,
    price text not null,
    plan text not null,
    max_output integer not null check (max_output >= 0),
    instance text not null,
    state text not null
        check (state in ('planned', 'sent', 'started', 'streaming', 'final', 'answered', 'failed')),
    input integer,
    output integer,
    cache_read integer,
    cache_write_5m integer,
    cache_write_1h integer,
    output_bytes integer not null check (output_bytes >= 0),
    tool_calls integer not null check (tool_calls >= 0),
    failure text,
    planned_at integer not null,
    updated_at integer not null,
    settled_at integer,
    check (settled_at is null or state in ('final', 'answered', 'failed'))
) strict;
create index provider_calls_unsettled on provider_calls (wallet_id, id) where settled_at is null;

create table usage_charges (
    call_id text primary key references provider_calls (id),
    hold_id text not null unique references holds (id),
    wallet_id integer not null,
    model text not null,
    plan text not null,
    input integer not null check (input >= 0),
    output integer not null check (output >= 0),
    cache_read integer not null check (cache_read >= 0),
    cache_write_5m integer not null check (cache_write_5m >= 0),
    cache_write_1h integer not null check (cache_write_1h >= 0),
    basis text not null check (basis in ('reported', 'estimated')),
    rates text not null,
    list_pico integer not null check (list_pico >= 0),
    tool_calls integer not null check (tool_calls >= 0),
    charged integer not null check (charged >= 0),
    overrun integer not null check (overrun >= 0),
    charged_at integer not null
) strict;
create trigger usage_charges_refuses_update before update on usage_charges
    begin select raise(abort, 'usage_charges is append-only'); end;
create trigger usage_charges_refuses_delete before delete on usage_charges
    begin select raise(abort, 'usage_charges is append-only'); end;
insert into schema_migrations (module, number, name, checksum)
    values ('ledger', 2, 'provider calls', -3605844657507801761);
commit;

-- ledger 3 (idempotency keys)
begin;
create table idempotency_keys (
    wallet_id integer not null,
    route text not null,
    key text not null,
    request_hash blob not null,
    state text not null check (state in ('in_progress', 'completed')),
    status integer,
    body blob,
    created_at integer not null,
    completed_at integer,
    primary key (wallet_id, route, key),
    check ((state = 'completed') = (completed_at is not null)),
    check ((state = 'completed') = (status is not null)),
    check ((state = 'completed') = (body is not null))
) strict;
create index idempotency_keys_by_completion on idempotency_keys (completed_at) where state = 'completed';
insert into schema_migrations (module, number, name, checksum)
    values ('ledger', 3, 'idempotency keys', 7249038159217145202);
commit;

-- vault 1 (records and audit)
begin;
create table vault_records (
    wallet_id integer not null,
    provider text not null,
    envelope blob not null,
    text_version integer not null,
    epoch integer not null,
    created_at integer not null,
    last_used_at integer,
    primary key (wallet_id, provider)
) strict;
create table vault_audit (
    id integer primary key autoincrement,
    wallet_id integer not null,
    provider text not null,
    action text not null check (action in ('stored', 'deleted', 'unlocked')),
    grant_id text not null,
    at integer not null
) strict;
create index vault_audit_by_wallet on vault_audit (wallet_id, id);
create trigger vault_audit_refuses_update before update on vault_audit
    begin select raise(abort, 'vault_audit is append-only'); end;
create trigger vault_audit_refuses_delete before delete on vault_audit
    begin select raise(abort, 'vault_audit is append-only'); end;
insert into schema_migrations (module, number, name, checksum)
    values ('vault', 1, 'records and audit', 1832965703397666126);
commit;

-- vault 2 (purposes, unsigned copies, generations, chained log)
begin;
create table vault_secrets (
    wallet_id integer not null,
    purpose text not null check (purpose in ('provider', 'mcp', 'agent')),
    name text not null,
    is_signed integer not null,
    text_kind text check (text_kind in ('personal_sign', 'eip712')),
    text_version integer not null,
    epoch integer not null,
    envelope blob not null,
    file text,
    check_value blob,
    grant_id text,
    proven_at integer,
    created_at integer not null,
    last_used_at integer,
    primary key (wallet_id, purpose, name, is_signed)
) strict;
insert into vault_secrets (wallet_id, purpose, name, is_signed, text_kind, text_version, epoch,
        envelope, created_at, last_used_at)
    select wallet_id, 'provider', provider, 1, 'personal_sign', text_version, epoch, envelope,
        created_at, last_used_at from vault_records;
drop table vault_records;
create table vault_epochs (
    wallet_id integer not null,
    purpose text not null check (purpose in ('provider', 'mcp', 'agent')),
    epoch integer not null,
    primary key (wallet_id, purpose)
) strict;
create table vault_log (
    wallet_id integer not null,
    sequence integer not null,
    at integer not null,
    action text not null,
    subject text not null,
    grant_id text not null,
    previous_hash blob not null,
    hash blob not null,
    primary key (wallet_id, sequence)
) strict;
create trigger vault_log_refuses_update before update on vault_log
    begin select raise(abort, 'vault_log is append-only'); end;
create trigger vault_log_refuses_delete before delete on vault_log
    begin select raise(abort, 'vault_log is append-only'); end;
create table vault_log_heads (
    wallet_id integer not null primary key,
    sequence integer not null,
    hash blob not null,
    code blob not null
) strict;
insert into schema_migrations (module, number, name, checksum)
    values ('vault', 2, 'purposes, unsigned copies, generations, chained log', 8405920542142630127);
commit;

-- agents 1 (conversations)
begin;
create table conversations (
    id text primary key,
    wallet_id integer not null,
    agent_id text not null,
    model text not null,
    execution_engine text,
    created_at integer not null,
    last_active_at integer not null,
    message_count integer not null check (message_count >= 0),
    content_bytes integer not null check (content_bytes >= 0),
    preview blob
) strict;
create index conversations_by_wallet on conversations (wallet_id, last_active_at);

create table messages (
    conversation_id text not null references conversations (id),
    sequence integer not null check (sequence > 0),
    role text not null check (role in ('user', 'assistant')),
    content_bytes integer not null check (content_bytes >= 0),
    is_whole integer not null check (is_whole in (0, 1)),
    created_at integer not null,
    sealed blob not null,
    primary key (conversation_id, sequence)
) strict;

create table turns (
    conversation_id text primary key,
    call_id text not null unique,
    wallet_id integer not null,
    user_sequence integer not null,
    idempotency_key text,
    fingerprint blob,
    started_at integer not null,
    expires_at integer not null
) strict;
insert into schema_migrations (module, number, name, checksum)
    values ('agents', 1, 'conversations', -4705502663762980497);
commit;

-- attestation 1 (attested keys)
begin;
create table attested_keys (
    kid text not null primary key,
    bundle blob not null,
    created_at integer not null,
    accepted_until integer
) strict;
create index attested_keys_by_end on attested_keys (accepted_until);
insert into schema_migrations (module, number, name, checksum)
    values ('attestation', 1, 'attested keys', 8290069552249961791);
commit;

-- attestation 2 (known release lists)
begin;
create table known_release_lists (
    key text not null primary key,
    issue integer not null,
    list_hash blob not null
) strict;
insert into schema_migrations (module, number, name, checksum)
    values ('attestation', 2, 'known release lists', -6867661756601664147);
commit;

-- nodes 1 (keys of nodes, and what is announced)
begin;
create table node_keys (
    kid text not null primary key,
    public_key blob not null,
    accepted_until integer not null,
    code blob not null
) strict;
create index node_keys_by_end on node_keys (accepted_until);



insert into schema_migrations (module, number, name, checksum)
    values ('nodes', 1, 'keys of nodes, and what is announced', 3071182984791072718);
commit;
