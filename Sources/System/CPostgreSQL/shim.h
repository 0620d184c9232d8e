#pragma once
#include <libpq-fe.h>

// Fields of an error: character macros, which the importer cannot see.
static const int SEALGATE_PQ_SQLSTATE = PG_DIAG_SQLSTATE;
static const int SEALGATE_PQ_MESSAGE = PG_DIAG_MESSAGE_PRIMARY;
static const int SEALGATE_PQ_DETAIL = PG_DIAG_MESSAGE_DETAIL;
static const int SEALGATE_PQ_TABLE = PG_DIAG_TABLE_NAME;
static const int SEALGATE_PQ_COLUMN = PG_DIAG_COLUMN_NAME;
static const int SEALGATE_PQ_CONSTRAINT = PG_DIAG_CONSTRAINT_NAME;

static void sealgate_pq_drop_notice(void *context, const PGresult *result) {
    (void)context;
    (void)result;
}

/// Begins a connection to `url`. What follows the URL wins over what it says: the text's encoding is ours to choose,
/// and a dead peer must be noticed within seconds.
static inline PGconn *sealgate_pq_start(const char *url) {
    const char *const names[] = {
        "fallback_application_name", "dbname", "client_encoding", "gssencmode", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "tcp_user_timeout", 0};
    const char *const values[] = {"sealgate", url, "UTF8", "disable", "5", "2", "3", "5000", 0};
    PGconn *connection = PQconnectStartParams(names, values, 1);
    // Notices would be printed to standard error, and may quote data.
    if (connection) PQsetNoticeReceiver(connection, sealgate_pq_drop_notice, 0);
    return connection;
}
