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

/// A fresh P-256 key pair, or NULL.
static inline EVP_PKEY *sealgate_p256_generate(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"); }

/// A P-256 public key from 04 || x || y, or NULL if that is not a point of the curve.
static inline EVP_PKEY *sealgate_p256_public(const unsigned char point[65]) {
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0),
                               OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, 65),
                               OSSL_PARAM_construct_end()};
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    int made = context != NULL && EVP_PKEY_fromdata_init(context) == 1
               && EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
    EVP_PKEY_CTX_free(context);
    if (!made) return NULL;
    context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    int good = context != NULL && EVP_PKEY_public_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    if (good) return key;
    EVP_PKEY_free(key);
    return NULL;
}

/// The longest DER form of a P-256 signature: a sequence of two integers of 33 bytes.
#define SEALGATE_P256_DER_BYTES 72

/// r || s (RFC 7518 section 3.4) to DER. Returns the length, 0 on failure.
static inline int sealgate_p256_signature_to_der(const unsigned char raw[64], unsigned char der[72]) {
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, 32, NULL), *s = BN_bin2bn(raw + 32, 32, NULL);
    if (signature == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(signature, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(signature);
        return 0;
    }
    int count = i2d_ECDSA_SIG(signature, &der);
    ECDSA_SIG_free(signature);
    return count;
}

/// DER to r || s, each padded on the left to 32 bytes. 1 on success.
static inline int sealgate_p256_signature_from_der(const unsigned char *der, size_t count, unsigned char raw[64]) {
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)count);
    int good = signature != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, 32) == 32
               && BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + 32, 32) == 32;
    ECDSA_SIG_free(signature);
    return good;
}

/// A P-384 public key from 04 || x || y, or NULL if that is not a point of the curve.
static inline EVP_PKEY *sealgate_p384_public(const unsigned char point[97]) {
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0),
                               OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, 97),
                               OSSL_PARAM_construct_end()};
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    int made = context != NULL && EVP_PKEY_fromdata_init(context) == 1
               && EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
    EVP_PKEY_CTX_free(context);
    return made ? key : NULL;
}

/// Whether r and s, 48 bytes each and big-endian, are an ECDSA signature over SHA-384 of the message. 1 if so.
static inline int sealgate_p384_verify(EVP_PKEY *key, const unsigned char r[48], const unsigned char s[48],
                                       const unsigned char *message, size_t count) {
    unsigned char der[112], digest[48], *end = der;
    size_t digest_count = 0;
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *first = BN_bin2bn(r, 48, NULL), *second = BN_bin2bn(s, 48, NULL);
    if (signature == NULL || first == NULL || second == NULL || ECDSA_SIG_set0(signature, first, second) != 1) {
        BN_free(first);
        BN_free(second);
        ECDSA_SIG_free(signature);
        return 0;
    }
    int der_count = i2d_ECDSA_SIG(signature, &end);
    ECDSA_SIG_free(signature);
    if (der_count <= 0 || EVP_Q_digest(NULL, "SHA2-384", NULL, message, count, digest, &digest_count) != 1) return 0;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    int good = context != NULL && EVP_PKEY_verify_init(context) == 1
               && EVP_PKEY_verify(context, der, (size_t)der_count, digest, digest_count) == 1;
    EVP_PKEY_CTX_free(context);
    return good;
}

/// Whether an RSA key (DER of a SubjectPublicKeyInfo, nothing after it) made an RSASSA-PSS signature with SHA-384, MGF1
/// over SHA-384 and a salt of 48 bytes. 1 if so.
static inline int sealgate_rsa_pss_sha384_verify(const unsigned char *spki, size_t spki_count,
                                                 const unsigned char *message, size_t count,
                                                 const unsigned char *signature, size_t signature_count) {
    const unsigned char *end = spki;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &end, (long)spki_count);
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_PKEY_CTX *context = NULL;
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, "pss", 0),
                               OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, "SHA2-384", 0),
                               OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, "48", 0),
                               OSSL_PARAM_construct_end()};
    int good = key != NULL && digest != NULL && end == spki + spki_count && EVP_PKEY_is_a(key, "RSA") == 1
               && EVP_DigestVerifyInit_ex(digest, &context, "SHA2-384", NULL, NULL, key, parameters) == 1
               && EVP_DigestVerify(digest, signature, signature_count, message, count) == 1;
    EVP_MD_CTX_free(digest);
    EVP_PKEY_free(key);
    return good;
}

// TLS server: what OpenSSL offers as macros, which Swift does not import.

/// Chooses http/1.1; a client that offers only other protocols is refused (RFC 7301 section 3.2).
static inline int openssl_choose_http11(SSL *ssl, const unsigned char **out, unsigned char *outLength,
                                        const unsigned char *in, unsigned int inLength, void *argument) {
    (void)ssl;
    (void)argument;
    static const unsigned char http11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    return SSL_select_next_proto((unsigned char **)out, outLength, http11, sizeof http11, in, inLength) ==
                   OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// TLS 1.2 or later, forward secrecy and AEAD only, no renegotiation, no tickets, buffers released when idle and wiped
/// after use. Two groups: every client has one of them, a handshake costs microseconds, and the key that TLS 1.3 keeps
/// until the connection ends takes the least of the locked heap (ffdhe8192 costs 94 ms a handshake). 1 on success.
static inline int openssl_prepare_server(SSL_CTX *context) {
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CLEANSE_PLAINTEXT |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_alpn_select_cb(context, openssl_choose_http11, NULL);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
           SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1 && SSL_CTX_set_num_tickets(context, 0) == 1;
}

static inline int openssl_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

static inline int openssl_no_password(char *buffer, int size, int writing, void *argument) {
    (void)buffer;
    (void)size;
    (void)writing;
    (void)argument;
    return -1;
}

/// A private key in PEM; an encrypted one fails instead of asking the terminal.
static inline EVP_PKEY *openssl_read_private_key(BIO *source) {
    return PEM_read_bio_PrivateKey(source, NULL, openssl_no_password, NULL);
}

// A TLS key that is made here: the parts of its request and of its own certificate that need stacks or macros.

/// The name that a certificate stands for: 4 or 16 bytes of an address, else a DNS name. NULL without memory.
static inline X509_EXTENSION *openssl_alternative_name(const unsigned char *bytes, int count, int isAddress,
                                                       int isCritical) {
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *value = isAddress ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
    X509_EXTENSION *extension = NULL;
    if (names != NULL && name != NULL && value != NULL && ASN1_STRING_set(value, bytes, count) == 1) {
        GENERAL_NAME_set0_value(name, isAddress ? GEN_IPADD : GEN_DNS, value);
        value = NULL;
        if (sk_GENERAL_NAME_push(names, name) > 0) {
            name = NULL;
            extension = X509V3_EXT_i2d(NID_subject_alt_name, isCritical, names);
        }
    }
    ASN1_STRING_free(value);
    GENERAL_NAME_free(name);
    GENERAL_NAMES_free(names);
    return extension;
}

/// Asks for one extension in a request (RFC 2985 section 5.4.2). 1 on success.
static inline int openssl_request_extension(X509_REQ *request, X509_EXTENSION *extension) {
    STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
    int good = extensions != NULL && sk_X509_EXTENSION_push(extensions, extension) > 0
               && X509_REQ_add_extensions(request, extensions) == 1;
    sk_X509_EXTENSION_free(extensions);
    return good;
}

/// Adds an extension by OpenSSL's text form to a certificate that has its key. 1 on success.
static inline int openssl_add_extension(X509 *certificate, int kind, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    int good = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return good;
}

/// What was written to a memory BIO: its start, valid as long as the BIO, and its length.
static inline long openssl_written(BIO *memory, char **start) { return BIO_get_mem_data(memory, start); }
