#pragma once
#include <secp256k1.h>
#include <secp256k1_recovery.h>

// Flags that the importer cannot see, in typed functions.

/// A context for every use; to be randomised before the first.
static inline secp256k1_context *sealgate_secp256k1_context(void) {
    return secp256k1_context_create(SECP256K1_CONTEXT_NONE);
}
/// Writes 04 || x || y: 65 bytes.
static inline void sealgate_secp256k1_serialize_uncompressed(const secp256k1_context *context, unsigned char *output,
                                                             size_t *count, const secp256k1_pubkey *key) {
    secp256k1_ec_pubkey_serialize(context, output, count, key, SECP256K1_EC_UNCOMPRESSED);
}
