// What Swift's module of glibc lacks to walk folders safely: openat2(2) (Linux 5.6 and later), for which glibc has no
// function, O_PATH, and a form of stat that does not depend on which modules are imported.
#ifndef RAMPART_CBENEATH_SHIM_H
#define RAMPART_CBENEATH_SHIM_H

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

extern long syscall(long number, ...);

#ifndef O_PATH
#define O_PATH 010000000
#endif

static const int rampart_o_path = O_PATH;

// Opens a path that stays below a folder, symbolic links included; magic links of /proc are not followed.
static inline int rampart_open_beneath(int folder, const char *path, uint64_t flags) {
  struct open_how how = {
      .flags = flags,
      .mode = 0,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
  };
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

struct rampart_file_status {
  uint32_t mode;
  int64_t size;
  int64_t modified_seconds;
  int64_t modified_nanoseconds;
  uint64_t inode;
  uint64_t device;
};

static inline int rampart_status_of(const struct stat *from, struct rampart_file_status *to) {
  to->mode = from->st_mode;
  to->size = from->st_size;
  to->modified_seconds = from->st_mtim.tv_sec;
  to->modified_nanoseconds = from->st_mtim.tv_nsec;
  to->inode = from->st_ino;
  to->device = from->st_dev;
  return 0;
}

// Of an open file.
static inline int rampart_fstat(int file, struct rampart_file_status *status) {
  struct stat found;
  return fstat(file, &found) == 0 ? rampart_status_of(&found, status) : -1;
}

// Of a name in a folder; of a link it is the link's own.
static inline int rampart_lstat(int folder, const char *name, struct rampart_file_status *status) {
  struct stat found;
  return fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0 ? rampart_status_of(&found, status) : -1;
}

#endif
