/* Failing writes and lost power, for the files in one folder: a library to preload.
 *
 * The calls that change a file are counted. The nth one from faults_arm on fails, once or from
 * then on; at the nth one from faults_lose_power_at on, every file is put back to what the disk
 * may hold: its content at the last sync, and of the writes since then any subset, any of them
 * torn at the boundaries of sectors. Then the process dies.
 *
 * -shm files are left out: SQLite rebuilds them. So are names (link, unlink, rename). One thread.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define SECTOR 512

struct change {
    struct change *before;
    char path[PATH_MAX];
    ino_t inode;
    off_t offset, old_size, new_size;
    size_t length, old_length;
    char *data, *old;
};

static struct change *last;
static long calls, fail_at, power_at;
static int fail_with, fails_on;
static unsigned seed;

typedef ssize_t (*pwrite_function)(int, const void *, size_t, off_t);
typedef ssize_t (*write_function)(int, const void *, size_t);
typedef int (*sync_function)(int);
typedef int (*truncate_function)(int, off_t);
#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

void faults_arm(long nth, int error, int lasting) {
    calls = 0; power_at = 0; fail_at = nth; fail_with = error; fails_on = lasting;
}

void faults_lose_power_at(long nth, unsigned random_seed) {
    calls = 0; fail_at = 0; power_at = nth; seed = random_seed;
}

/* How many calls there were since; nothing fails any more. */
long faults_disarm(void) {
    fail_at = power_at = 0;
    return calls;
}

static int is_ours(int fd, char *path) {
    const char *folder = getenv("FAULTS_FOLDER");
    char link[64] = "/proc/self/fd/", digits[16];
    int n = 0, end = 14;
    if (!folder || fd < 0) return 0;
    do digits[n++] = '0' + fd % 10; while ((fd /= 10) > 0);
    while (n) link[end++] = digits[--n];
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 4) return 0;
    path[length] = 0;
    return !strncmp(path, folder, strlen(folder)) && strcmp(path + length - 4, "-shm");
}

static off_t size_of(int fd) {
    struct stat status;
    return fstat(fd, &status) ? 0 : status.st_size;
}

static ino_t inode_of(int fd) {
    struct stat status;
    return fstat(fd, &status) ? 0 : status.st_ino;
}

/* Remembers what a change is about to replace; data is NULL for a change of size. */
static struct change *remember(int fd, const char *path, const void *data, size_t length,
                               off_t offset, off_t new_size) {
    struct change *change = calloc(1, sizeof *change);
    strcpy(change->path, path);
    change->inode = inode_of(fd);
    change->offset = offset;
    change->old_size = size_of(fd);
    change->new_size = new_size;
    change->old_length = data ? length : (size_t)(change->old_size > offset ? change->old_size - offset : 0);
    change->old = malloc(change->old_length + 1);
    ssize_t got = pread(fd, change->old, change->old_length, offset);
    change->old_length = got > 0 ? got : 0;
    if (data) {
        change->data = malloc(length + 1);
        memcpy(change->data, data, length);
        change->length = length;
    }
    change->before = last;
    return last = change;
}

static void forget(int fd) {
    ino_t inode = inode_of(fd);
    for (struct change **place = &last; *place;) {
        struct change *change = *place;
        if (change->inode != inode) { place = &change->before; continue; }
        *place = change->before;
        free(change->old); free(change->data); free(change);
    }
}

static int reopen(const struct change *change) {
    int fd = open(change->path, O_RDWR);
    if (fd >= 0 && inode_of(fd) != change->inode) { close(fd); fd = -1; }
    return fd;
}

static void undo(const struct change *change) {
    int fd = reopen(change);
    if (fd < 0) return;
    REAL(pwrite_function, "pwrite")(fd, change->old, change->old_length, change->offset);
    REAL(truncate_function, "ftruncate")(fd, change->old_size);
    close(fd);
}

/* All of a change, none of it, or some sectors. */
static void redo_perhaps(const struct change *change) {
    int fd = reopen(change), choice = rand_r(&seed) % 3;
    if (fd < 0) return;
    if (!change->data) {
        if (choice) REAL(truncate_function, "ftruncate")(fd, change->new_size);
    } else for (size_t done = 0; choice && done < change->length;) {
        size_t part = SECTOR - (change->offset + done) % SECTOR;
        if (part > change->length - done) part = change->length - done;
        if (choice == 1 || rand_r(&seed) % 2)
            REAL(pwrite_function, "pwrite")(fd, change->data + done, part, change->offset + done);
        done += part;
    }
    close(fd);
}

static void redo_some(const struct change *change) {
    if (!change) return;
    redo_some(change->before);
    redo_perhaps(change);
}

static void lose_power(void) {
    for (struct change *change = last; change; change = change->before) undo(change);
    if (rand_r(&seed) % 4) redo_some(last);
    kill(getpid(), SIGKILL);
}

/* Counts a call; true if it is to fail. */
static int fails(void) {
    calls++;
    if (power_at && calls == power_at) lose_power();
    if (!fail_at || (fails_on ? calls < fail_at : calls != fail_at)) return 0;
    errno = fail_with;
    return 1;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    char path[PATH_MAX];
    pwrite_function real = REAL(pwrite_function, "pwrite");
    if (!is_ours(fd, path)) return real(fd, data, length, offset);
    off_t end = offset + (off_t)length, size = size_of(fd);
    if (power_at) remember(fd, path, data, length, offset, end > size ? end : size);
    if (!fails()) return real(fd, data, length, offset);
    if (length / 2) real(fd, data, length / 2, offset);
    errno = fail_with;
    return -1;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) {
    return pwrite(fd, data, length, offset);
}

ssize_t write(int fd, const void *data, size_t length) {
    char path[PATH_MAX];
    write_function real = REAL(write_function, "write");
    if (!is_ours(fd, path)) return real(fd, data, length);
    off_t offset = lseek(fd, 0, SEEK_CUR), end = offset + (off_t)length, size = size_of(fd);
    if (power_at) remember(fd, path, data, length, offset, end > size ? end : size);
    return fails() ? -1 : real(fd, data, length);
}

int ftruncate(int fd, off_t size) {
    char path[PATH_MAX];
    truncate_function real = REAL(truncate_function, "ftruncate");
    if (!is_ours(fd, path)) return real(fd, size);
    if (power_at) remember(fd, path, NULL, 0, size, size);
    return fails() ? -1 : real(fd, size);
}

int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

static int sync_with(const char *name, int fd) {
    char path[PATH_MAX];
    sync_function real = REAL(sync_function, name);
    if (!is_ours(fd, path)) return real(fd);
    if (fails()) return -1;
    forget(fd);
    return 0; /* the disk is simulated: waiting for the real one would prove nothing */
}

int fsync(int fd) { return sync_with("fsync", fd); }
int fdatasync(int fd) { return sync_with("fdatasync", fd); }
