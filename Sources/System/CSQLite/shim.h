#pragma once
#include <sqlite3.h>

// Macros that the importer cannot see, as typed functions.
static inline int sealgate_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
    return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}
static inline int sealgate_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}
// Variadic, so not imported: one switch of a connection, on or off.
static inline int sealgate_sqlite_set(sqlite3 *connection, int option, int value) {
    return sqlite3_db_config(connection, option, value, (int *)0);
}
// Extended codes are made by shifts, which the importer does not evaluate.
static const int SEALGATE_SQLITE_CONSTRAINT_CHECK = SQLITE_CONSTRAINT_CHECK;
static const int SEALGATE_SQLITE_CONSTRAINT_FOREIGNKEY = SQLITE_CONSTRAINT_FOREIGNKEY;
static const int SEALGATE_SQLITE_CONSTRAINT_NOTNULL = SQLITE_CONSTRAINT_NOTNULL;
static const int SEALGATE_SQLITE_CONSTRAINT_PRIMARYKEY = SQLITE_CONSTRAINT_PRIMARYKEY;
static const int SEALGATE_SQLITE_CONSTRAINT_ROWID = SQLITE_CONSTRAINT_ROWID;
static const int SEALGATE_SQLITE_CONSTRAINT_UNIQUE = SQLITE_CONSTRAINT_UNIQUE;

/// Stops SQLite counting its memory: the counters take a lock at every allocation. Before the first connection only;
/// SQLITE_OK on success.
static inline int sealgate_sqlite_skip_memory_status(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
