#pragma once
#include <openssl/bn.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Cryptography: calls that take lists of OSSL_PARAM.

/// Tells an HMAC context that its digest is SHA-256. 1 on success.
static inline int sealgate_hmac_set_sha256(EVP_MAC_CTX *context) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA2-256", 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(context, parameters);
}

/// RFC 5869 section 2.2 with SHA-256. 1 on success.
static inline int sealgate_hkdf_extract(EVP_KDF_CTX *context, const void *salt, size_t salt_count, const void *key,
                                        size_t key_count, void *output, size_t count) {
    int mode = EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
                               OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA2-256", 0),
                               OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, key_count),
                               OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_count),
                               OSSL_PARAM_construct_end()};
    return EVP_KDF_derive(context, output, count, parameters);
}

/// RFC 5869 section 2.3 with SHA-256. 1 on success.
static inline int sealgate_hkdf_expand(EVP_KDF_CTX *context, const void *info, size_t info_count, const void *key,
                                       size_t key_count, void *output, size_t count) {
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
                               OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA2-256", 0),
                               OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, key_count),
                               OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_count),
                               OSSL_PARAM_construct_end()};
    return EVP_KDF_derive(context, output, count, parameters);
}
