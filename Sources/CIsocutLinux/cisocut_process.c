#define _GNU_SOURCE
#include "cisocut_process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// Runs between vfork and exec: only system calls, no memory of the parent but `failure` is written.
static void become_child(
    const char *path, char *const *arguments, char *const *environment, const int streams[3],
    bool leads_group, pid_t parent, volatile int *failure) {
  struct sigaction action = {0};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) {
    if (number != SIGKILL && number != SIGSTOP) sigaction(number, &action, NULL);
  }
  action.sa_handler = SIG_IGN;
  // A terminal, `timeout` and service managers send these to the whole group: the parent decides.
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, &action, NULL);

  if (leads_group) setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it died before the line above

  // Lifted above the standard numbers first, so that no dup2 overwrites one still needed.
  int lifted[3];
  for (int i = 0; i < 3; i++) {
    lifted[i] = fcntl(streams[i], F_DUPFD, 3);
    if (lifted[i] < 0) goto failed;
  }
  for (int i = 0; i < 3; i++) {
    if (dup2(lifted[i], i) < 0) goto failed;
  }
  if (syscall(SYS_close_range, 3, ~0U, 0) != 0) {
    for (int i = 3; i < 1024; i++) close(i);
  }

  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(path, arguments, environment);
failed:
  *failure = errno;
  _exit(127);
}

int cisocut_process_spawn(
    const char *path, char *const *arguments, char *const *environment, int input, int output,
    int error, bool leads_group, pid_t *process) {
  const int streams[3] = {input, output, error};
  const pid_t parent = getpid();
  volatile int failure = 0;
  sigset_t all, before;
  sigfillset(&all);
  // No handler of this process may run in the child, which shares its memory until exec.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t child = vfork();
  if (child == 0) {
    become_child(path, arguments, environment, streams, leads_group, parent, &failure);
  }
  const int reason = child < 0 ? errno : failure;
  // A child that became nothing is collected here: nobody else knows of it, and a zombie that stays
  // holds up whoever waits for any child.
  if (child > 0 && reason != 0) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (reason != 0) return reason;
  *process = child;
  return 0;
}

static void end_of_worker(int number, siginfo_t *info, void *context) {
  (void)context;
  const int reason = errno;
  // A signal sent from outside may arrive in any thread; one of its own names the culprit.
  if (info->si_code != SI_USER) {
    static const char prefix[] = CISOCUT_CRASHED_THREAD;
    char line[sizeof prefix + 17] = CISOCUT_CRASHED_THREAD;
    if (prctl(PR_GET_NAME, line + sizeof prefix - 1) == 0) {
      size_t count = 0;
      while (line[count] != 0) count++;
      line[count++] = '\n';
      if (write(2, line, count) < 0) count = 0;  // nobody listens: the status still says which
    }
  }
  // errno is the crashing thread's own: ENOMEM where an allocation failed and nobody looked.
  _exit(reason == ENOMEM ? CISOCUT_EXIT_OUT_OF_MEMORY : 128 + number);
}

int cisocut_process_begin_worker(void) {
  static char handler_stack[16384];
  struct rlimit no_core = {0, 0};
  if (setrlimit(RLIMIT_CORE, &no_core) != 0) return errno;

  const int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score >= 0) {
    // Best effort: a kernel without this file has another way to choose.
    if (write(score, "1000", 4) < 0) errno = 0;
    close(score);
  }

  struct sigaction action = {0};
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, NULL);
  sigaction(SIGINT, &action, NULL);

  // An overflowing stack leaves no room for the handler on that stack.
  const stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
  if (sigaltstack(&stack, NULL) != 0) return errno;
  action.sa_sigaction = end_of_worker;
  action.sa_flags = SA_ONSTACK | SA_RESETHAND | SA_SIGINFO;
  const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
  for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) {
    if (sigaction(fatal[i], &action, NULL) != 0) return errno;
  }
  return 0;
}

int cisocut_process_limit_memory(uint64_t bytes) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_DATA, &limit) != 0) return errno;
  if (bytes > limit.rlim_max) return 0;
  limit.rlim_cur = bytes;
  return setrlimit(RLIMIT_DATA, &limit) == 0 ? 0 : errno;
}

int cisocut_process_pipe(int ends[2], int is_non_blocking) {
  return pipe2(ends, O_CLOEXEC | (is_non_blocking ? O_NONBLOCK : 0));
}
