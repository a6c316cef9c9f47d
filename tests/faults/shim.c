/* Stands between a program and the C library, counts what the program does to the files of one folder, and does one of
 * these things wrongly. Loaded with LD_PRELOAD, and idle until fault_arm() is called.
 *
 * An operation is an opening that may make a file, a write, a cut, a sync or a removal of something in the folder, or a
 * sync of the folder itself. What is done is done by system calls of our own, so nothing is looked up or called back.
 * Each operation that was done is written down, with its bytes, if a log is given: a line "kind name offset size", then
 * the bytes.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum way { WATCH, KILL, TORN, SHORT, EIO_ONCE, FULL_ONCE, FULL };
enum { FILES = 1024, NAME = 256 };

static char folder[3072];
static size_t folder_length;
static enum way way;
static long at, count;
static int fired, log_to = -1;
static char name_of[FILES][NAME]; /* of what is open in the folder; "" for all else */

void fault_arm(const char *where, int how, long when, const char *log)
{
    snprintf(folder, sizeof folder, "%s", where);
    folder_length = strlen(folder);
    way = how;
    at = when;
    count = 0;
    fired = 0;
    memset(name_of, 0, sizeof name_of);
    log_to = log && *log ? (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0644) : -1;
}

long fault_count(void) { return count; }
int fault_fired(void) { return fired; }

/* The name of a path in the folder, "." for the folder itself, or NULL. */
static const char *within(const char *path)
{
    if (!folder_length || !path || strncmp(path, folder, folder_length))
        return NULL;
    if (!path[folder_length])
        return ".";
    return path[folder_length] == '/' ? path + folder_length + 1 : NULL;
}

static const char *opened(int file)
{
    return folder_length && file >= 0 && file < FILES && name_of[file][0] ? name_of[file] : NULL;
}

/* Counts an operation; whether it must fail, with errno set, or (for a write) be done by half: 1, else 0. */
static int struck(int writes, int needs_room)
{
    int now = ++count == at;
    if (!now && !(way == FULL && fired))
        return 0;
    fired |= now;
    switch (way) {
    case WATCH:
        return 0;
    case KILL:
        kill(getpid(), SIGKILL);
        return 0;
    case TORN:
    case SHORT:
        return writes;
    case EIO_ONCE:
        errno = EIO;
        return 1;
    default:
        errno = ENOSPC;
        return way == FULL_ONCE ? 1 : needs_room;
    }
}

static void note(const char *kind, const char *name, long offset, const void *data, long size)
{
    char line[NAME + 96];
    if (log_to < 0)
        return;
    int length = snprintf(line, sizeof line, "%s %s %ld %ld\n", kind, name, offset, size);
    syscall(SYS_write, log_to, line, (size_t)length);
    if (data && size > 0)
        syscall(SYS_write, log_to, data, (size_t)size);
}

static ssize_t put(int file, const void *data, size_t size, long offset)
{
    const char *name = opened(file);
    if (name && struck(1, 1)) {
        if (way != TORN && way != SHORT)
            return -1;
        size /= 2;
    }
    long here = name && offset < 0 ? (long)syscall(SYS_lseek, file, 0L, SEEK_CUR) : offset;
    ssize_t done = offset < 0 ? (ssize_t)syscall(SYS_write, file, data, size)
                              : (ssize_t)syscall(SYS_pwrite64, file, data, size, offset);
    if (name && done >= 0)
        note("write", name, here, data, (long)done);
    if (name && fired && way == TORN && count == at)
        kill(getpid(), SIGKILL);
    return done;
}

ssize_t write(int file, const void *data, size_t size) { return put(file, data, size, -1); }
ssize_t pwrite(int file, const void *data, size_t size, off_t offset) { return put(file, data, size, offset); }
ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset) { return put(file, data, size, offset); }

static int open_at(int where, const char *path, int flags, mode_t mode)
{
    const char *name = within(path);
    struct stat about;
    int makes = name && flags & O_CREAT && syscall(SYS_newfstatat, where, path, &about, 0) < 0;
    if (makes && struck(0, 1))
        return -1;
    int file = (int)syscall(SYS_openat, where, path, flags, mode);
    if (name && file >= 0 && file < FILES) {
        snprintf(name_of[file], NAME, "%s", name);
        if (makes)
            note("make", name, 0, NULL, 0);
        else if (flags & O_TRUNC)
            note("cut", name, 0, NULL, 0);
    }
    return file;
}

#define OPENS(function)                                                                                              \
    int function(const char *path, int flags, ...)                                                                   \
    {                                                                                                                 \
        va_list more;                                                                                                 \
        va_start(more, flags);                                                                                        \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;                                                     \
        va_end(more);                                                                                                 \
        return open_at(AT_FDCWD, path, flags, mode);                                                                  \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(function)                                                                                           \
    int function(int where, const char *path, int flags, ...)                                                        \
    {                                                                                                                 \
        va_list more;                                                                                                 \
        va_start(more, flags);                                                                                        \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;                                                     \
        va_end(more);                                                                                                 \
        return open_at(where, path, flags, mode);                                                                     \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

int close(int file)
{
    if (file >= 0 && file < FILES)
        name_of[file][0] = 0;
    return (int)syscall(SYS_close, file);
}

static int sync_by(long call, int file)
{
    const char *name = opened(file);
    if (name && struck(0, 0))
        return -1;
    int done = (int)syscall(call, file);
    if (name && done == 0)
        note("sync", name, 0, NULL, 0);
    return done;
}

int fsync(int file) { return sync_by(SYS_fsync, file); }
int fdatasync(int file) { return sync_by(SYS_fdatasync, file); }

static int cut(int file, long length)
{
    const char *name = opened(file);
    if (name && struck(0, 0))
        return -1;
    int done = (int)syscall(SYS_ftruncate, file, length);
    if (name && done == 0)
        note("cut", name, length, NULL, 0);
    return done;
}

int ftruncate(int file, off_t length) { return cut(file, length); }
int ftruncate64(int file, off64_t length) { return cut(file, length); }

static int remove_at(int where, const char *path, int flags)
{
    const char *name = within(path);
    struct stat about;
    if (name && syscall(SYS_newfstatat, where, path, &about, AT_SYMLINK_NOFOLLOW) < 0)
        name = NULL;
    if (name && struck(0, 0))
        return -1;
    int done = (int)syscall(SYS_unlinkat, where, path, flags);
    if (name && done == 0)
        note("remove", name, 0, NULL, 0);
    return done;
}

int unlink(const char *path) { return remove_at(AT_FDCWD, path, 0); }
int unlinkat(int where, const char *path, int flags) { return remove_at(where, path, flags); }
