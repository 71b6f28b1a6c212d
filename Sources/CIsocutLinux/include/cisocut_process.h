#ifndef CISOCUT_PROCESS_H
#define CISOCUT_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// Exit status of a worker that ran out of memory: its crash handler saw a fatal signal in a thread
/// whose last failed call had said ENOMEM.
#define CISOCUT_EXIT_OUT_OF_MEMORY 119

/// What a worker writes to standard error before the name of the thread whose own fatal signal ends
/// it.
#define CISOCUT_CRASHED_THREAD "isocut worker: fatal signal in thread "

/// Starts `path` with the given arguments and environment; its standard streams are the three
/// descriptors, all others are closed. The child is killed when the calling *thread* ends, ignores
/// SIGINT (a terminal sends it to the whole group) and begins with an empty signal mask.
///
/// One that leads a process group of its own can be killed with what it started, but must not read
/// from the terminal: the kernel would stop it. So `ssh`, which may ask for a password, stays in
/// its parent's group.
///
/// Returns 0 and the process id, or an errno value.
int cisocut_process_spawn(
    const char *path, char *const *arguments, char *const *environment, int input, int output,
    int error, bool leads_group, pid_t *process);

/// First acts of a worker: no core files, first choice of the kernel's out-of-memory killer, SIGPIPE
/// and SIGINT ignored, and fatal signals turned into exit status 128 + signal, or
/// CISOCUT_EXIT_OUT_OF_MEMORY. Returns 0, or an errno value.
int cisocut_process_begin_worker(void);

/// Limits the writable memory of this process. Returns 0, or an errno value.
int cisocut_process_limit_memory(uint64_t bytes);

/// A pipe that no child process inherits. Returns 0, or -1 with errno set.
int cisocut_process_pipe(int ends[2], int is_non_blocking);

#endif
