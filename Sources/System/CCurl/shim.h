// libcurl's variadic calls with their types spelled out, and the two things Swift cannot say: a wiping allocator
// and POLLRDHUP.
#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <malloc.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef POLLRDHUP
#define POLLRDHUP 0x2000  // hidden without _GNU_SOURCE
#endif

// Easy handle: options

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_size(CURL *easy, CURLoption option, int64_t value) {
    return curl_easy_setopt(easy, option, (curl_off_t)value);
}

/// libcurl copies the text.
static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *text) {
    return curl_easy_setopt(easy, option, text);
}

/// libcurl keeps the pointer.
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *pointer) {
    return curl_easy_setopt(easy, option, pointer);
}

/// libcurl copies the bytes.
static inline CURLcode ccurl_set_bytes(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(easy, option, &blob);
}

/// libcurl keeps the list; it must outlive the transfer.
static inline CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(easy, option, list);
}

// Easy handle: callbacks

/// Takes bytes from libcurl (header lines, body): (bytes, 1, count, context) -> bytes taken.
typedef size_t (*ccurl_take)(char *bytes, size_t size, size_t count, void *context);
/// Gives bytes to libcurl (request body): (buffer, 1, room, context) -> bytes given.
typedef size_t (*ccurl_give)(char *buffer, size_t size, size_t room, void *context);

static inline CURLcode ccurl_on_header(CURL *easy, ccurl_take callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, callback);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
}

static inline CURLcode ccurl_on_body(CURL *easy, ccurl_take callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, callback);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
}

static inline CURLcode ccurl_on_upload(CURL *easy, ccurl_give callback, curl_seek_callback seek, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_READFUNCTION, callback);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_READDATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_SEEKDATA, context);
}

static inline CURLcode ccurl_on_ready(CURL *easy, curl_prereq_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
}

static inline CURLcode ccurl_on_open(CURL *easy, curl_opensocket_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
}

static inline CURLcode ccurl_on_close(CURL *easy, curl_closesocket_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callback);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, context);
}

// Easy handle: what it knows

static inline CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

/// OpenSSL's `SSL *` of the connection in use; NULL when there is none. Within callbacks only.
static inline void *ccurl_tls(CURL *easy) {
    struct curl_tlssessioninfo *session = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == NULL) return NULL;
    return session->backend == CURLSSLBACKEND_OPENSSL ? session->internals : NULL;
}

// Multi handle

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode ccurl_multi_on_socket(CURLM *multi, curl_socket_callback callback, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
    return code != CURLM_OK ? code : curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
}

static inline CURLMcode ccurl_multi_on_timer(CURLM *multi, curl_multi_timer_callback callback, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
    return code != CURLM_OK ? code : curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}

/// The next finished transfer: its easy handle and result. 0 when there is none.
static inline int ccurl_multi_finished(CURLM *multi, CURL **easy, CURLcode *result) {
    int left;
    for (;;) {
        CURLMsg *message = curl_multi_info_read(multi, &left);
        if (message == NULL) return 0;
        if (message->msg != CURLMSG_DONE) continue;
        *easy = message->easy_handle;
        *result = message->data.result;
        return 1;
    }
}

// Process

/// free, after zeroing the whole block.
static inline void ccurl_wiping_free(void *block) {
    if (block == NULL) return;
    explicit_bzero(block, malloc_usable_size(block));
    free(block);
}

/// realloc that never leaves an old copy behind.
static inline void *ccurl_wiping_realloc(void *block, size_t count) {
    if (block == NULL) return malloc(count);
    size_t held = malloc_usable_size(block);
    if (count != 0 && count <= held && count >= held / 2) return block;
    void *moved = malloc(count);
    if (moved == NULL) return NULL;
    memcpy(moved, block, held < count ? held : count);
    ccurl_wiping_free(block);
    return moved;
}

/// Starts libcurl with an allocator that zeroes what it frees: request heads carry keys, responses carry content.
/// Must come before any other use of libcurl in the process. TLS secrets are never written to SSLKEYLOGFILE.
static inline CURLcode ccurl_start(void) {
    unsetenv("SSLKEYLOGFILE");
    return curl_global_init_mem(
        CURL_GLOBAL_DEFAULT, malloc, ccurl_wiping_free, ccurl_wiping_realloc, strdup, calloc);
}

/// Whether an idle connection can carry no further request: its peer has closed it, or has sent bytes nobody
/// asked for.
static inline int ccurl_stale(curl_socket_t socket) {
    struct pollfd probe = {socket, POLLIN | POLLRDHUP, 0};
    return poll(&probe, 1, 0) != 0;
}
