// libgit2's public headers, as Debian's libgit2-dev installs them (1.5 and later), and the options that
// `git_libgit2_opts` takes as variable arguments, which Swift cannot call.
#ifndef RAMPART_CLIBGIT2_SHIM_H
#define RAMPART_CLIBGIT2_SHIM_H

#include <git2.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <git2/sys/mempack.h>
#include <git2/sys/repository.h>

static inline int rampart_set_search_path(int level, const char *path) {
  return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

static inline int rampart_set_owner_validation(int enabled) {
  return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

static inline int rampart_set_cache_max_size(ssize_t bytes) {
  return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, bytes);
}

static inline int rampart_set_mwindow_mapped_limit(size_t bytes) {
  return git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, bytes);
}

static inline int rampart_set_mwindow_size(size_t bytes) {
  return git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, bytes);
}

static inline int rampart_set_fsync_gitdir(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, enabled);
}

static inline int rampart_set_strict_hash_verification(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, enabled);
}

// glibc declares syncfs(2) only with _GNU_SOURCE, which Swift's module of it is built without.
extern int syncfs(int fd);

// Neither does that module have malloc.h.
static inline void rampart_return_free_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

// At most so many pools, which threads that ask for memory at once share; glibc makes eight for each core.
static inline void rampart_limit_memory_pools(int count) {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, count);
#endif
}

static inline int rampart_syncfs(int fd) { return syncfs(fd); }

#endif
