// SPDX-License-Identifier: GPL-2.0-only
// Hangs inside the kernel, for the VM tests alone. A line written to /dev/wedged_hang is a list of steps; the
// writer does them one after the other, in its own context, and lets go of what it took at the end of the
// line: "mutex a nap 500 mutex b" is one half of a deadlock, "mutex a oops" dies while it holds a lock.
// "release" ends every sleep and every spin, and takes the locks away from who will never let go of them.
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rtmutex.h>
#include <linux/rwsem.h>
#include <linux/sched/mm.h>
#include <linux/semaphore.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define LOCKS 3 /* of a kind; they are called a, b and c */
#define HELD_AT_MOST 8

struct held {
  void (*let_go)(void* lock);
  void* lock;
};

struct run {
  unsigned int releases; /* that had been when it began */
  unsigned int count;
  struct held held[HELD_AT_MOST];
};

static struct mutex mutexes[LOCKS];
static struct rw_semaphore rwsems[LOCKS];
static struct semaphore semaphore;
static struct rt_mutex rt_mutex;
static DECLARE_WAIT_QUEUE_HEAD(sleepers);
static unsigned int releases;

static bool released(const struct run* run) {
  return READ_ONCE(releases) != run->releases;
}

static int hold(struct run* run, void (*let_go)(void*), void* lock) {
  run->held[run->count++] = (struct held){let_go, lock};
  return 0;
}

/* --- locks */

/* The low bits of both owners are flags; bit 0 of a rwsem's says that readers have it. */
static bool mine(atomic_long_t* owner) {
  return (atomic_long_read(owner) & ~7L) == (long)current;
}

static void let_go_of_mutex(void* lock) {
  struct mutex* mutex = lock;

  if (mine(&mutex->owner)) mutex_unlock(mutex);
}

static void let_go_of_writer(void* lock) {
  struct rw_semaphore* rwsem = lock;

  if (mine(&rwsem->owner)) up_write(rwsem);
}

static void let_go_of_reader(void* lock) {
  up_read(lock);
}
static void let_go_of_semaphore(void* lock) {
  up(lock);
}
static void let_go_of_rt_mutex(void* lock) {
  rt_mutex_unlock(lock);
}
static void let_go_of_mmap(void* lock) {
  up_write(lock);
}

static void let_go_of_position(void* lock) {
  struct file* file = lock;

  mutex_unlock(&file->f_pos_lock);
  fput(file);
}

static int chosen(const char* name) {
  return name && name[0] >= 'a' && name[0] < 'a' + LOCKS && !name[1] ? name[0] - 'a' : -1;
}

static noinline int hang_mutex(struct run* run, const char* name) {
  const int i = chosen(name);

  if (i < 0) return -EINVAL;
  mutex_lock(&mutexes[i]);
  return hold(run, let_go_of_mutex, &mutexes[i]);
}

static noinline int hang_rwsem_write(struct run* run, const char* name) {
  const int i = chosen(name);

  if (i < 0) return -EINVAL;
  down_write(&rwsems[i]);
  return hold(run, let_go_of_writer, &rwsems[i]);
}

static noinline int hang_rwsem_read(struct run* run, const char* name) {
  const int i = chosen(name);

  if (i < 0) return -EINVAL;
  down_read(&rwsems[i]);
  return hold(run, let_go_of_reader, &rwsems[i]);
}

static noinline int hang_semaphore(struct run* run, const char* unused) {
  down(&semaphore);
  return hold(run, let_go_of_semaphore, &semaphore);
}

static noinline int hang_rt_mutex(struct run* run, const char* unused) {
  rt_mutex_lock(&rt_mutex);
  return hold(run, let_go_of_rt_mutex, &rt_mutex);
}

static noinline int hang_mmap(struct run* run, const char* unused) {
  down_write(&current->mm->mmap_lock);
  return hold(run, let_go_of_mmap, &current->mm->mmap_lock);
}

/* The lock that read(2) and write(2) hold for a file that others have open too. */
static noinline int hang_position(struct run* run, const char* text) {
  unsigned int descriptor;
  struct file* file;

  if (!text || kstrtouint(text, 10, &descriptor)) return -EINVAL;
  file = fget(descriptor);
  if (!file) return -EBADF;
  mutex_lock(&file->f_pos_lock);
  return hold(run, let_go_of_position, file);
}

/* --- what lasts */

static noinline int hang_nap(struct run* run, const char* text) {
  unsigned int ms;

  if (!text || kstrtouint(text, 10, &ms)) return -EINVAL;
  wait_event_timeout(sleepers, released(run), msecs_to_jiffies(ms));
  return 0;
}

static noinline int hang_sleep(struct run* run, const char* unused) {
  wait_event(sleepers, released(run));
  return 0;
}

static noinline int hang_killable(struct run* run, const char* unused) {
  return wait_event_killable(sleepers, released(run));
}

static noinline int hang_idle(struct run* run, const char* unused) {
  wait_event_idle(sleepers, released(run));
  return 0;
}

static noinline int hang_spin(struct run* run, const char* unused) {
  while (!released(run)) cpu_relax();
  return 0;
}

static noinline int hang_spin_resched(struct run* run, const char* unused) {
  while (!released(run)) cond_resched();
  return 0;
}

static noinline int hang_spin_killable(struct run* run, const char* unused) {
  while (!released(run) && !fatal_signal_pending(current)) cond_resched();
  return 0;
}

/* --- the ends */

static noinline int hang_oops(struct run* run, const char* unused) {
  int* nowhere = NULL;

  OPTIMIZER_HIDE_VAR(nowhere);
  WRITE_ONCE(*nowhere, 1);
  return 0;
}

/* Whoever owns a lock now, alive or not, loses it; if alive it notices when it wants to let go. */
static int release(struct run* run, const char* unused) {
  int i;

  WRITE_ONCE(releases, releases + 1);
  wake_up_all(&sleepers);
  for (i = 0; i < LOCKS; ++i) {
    if (atomic_long_read(&mutexes[i].owner) & ~7L) mutex_unlock(&mutexes[i]);
    if (atomic_long_read(&rwsems[i].owner) & ~7L && !(atomic_long_read(&rwsems[i].owner) & 1))
      up_write(&rwsems[i]);
  }
  return 0;
}

static const struct step {
  const char* name;
  int (*take)(struct run* run, const char* argument);
  bool has_argument;
} steps[] = {
    {"mutex", hang_mutex, true},
    {"rwsem_write", hang_rwsem_write, true},
    {"rwsem_read", hang_rwsem_read, true},
    {"semaphore", hang_semaphore, false},
    {"rt_mutex", hang_rt_mutex, false},
    {"mmap", hang_mmap, false},
    {"position", hang_position, true},
    {"nap", hang_nap, true},
    {"sleep", hang_sleep, false},
    {"killable", hang_killable, false},
    {"idle", hang_idle, false},
    {"spin", hang_spin, false},
    {"spin_resched", hang_spin_resched, false},
    {"spin_killable", hang_spin_killable, false},
    {"oops", hang_oops, false},
    {"release", release, false},
};

static const struct step* step_called(const char* name) {
  int i;

  for (i = 0; i < ARRAY_SIZE(steps); ++i) {
    if (!strcmp(steps[i].name, name)) return &steps[i];
  }
  return NULL;
}

static char* next_word(char** text) {
  char* word;

  do {
    word = strsep(text, " \n");
  } while (word && !*word);
  return word;
}

static int run_steps(struct run* run, char* text) {
  char* word;
  int result = 0;

  while (!result && (word = next_word(&text))) {
    const struct step* step = step_called(word);

    if (!step || run->count == HELD_AT_MOST) return -EINVAL;
    result = step->take(run, step->has_argument ? next_word(&text) : NULL);
  }
  return result;
}

static ssize_t hang_write(struct file* file, const char __user* from, size_t size, loff_t* position) {
  struct run run = {.releases = READ_ONCE(releases)};
  char text[128];
  int result;

  if (size >= sizeof text) return -EINVAL;
  if (copy_from_user(text, from, size)) return -EFAULT;
  text[size] = '\0';
  result = run_steps(&run, text);
  while (run.count) {
    --run.count;
    run.held[run.count].let_go(run.held[run.count].lock);
  }
  return result ? result : size;
}

static const struct file_operations operations = {.owner = THIS_MODULE, .write = hang_write};
static struct miscdevice device = {.minor = MISC_DYNAMIC_MINOR, .name = "wedged_hang", .fops = &operations};

static int __init wedged_hang_init(void) {
  int i;

  for (i = 0; i < LOCKS; ++i) {
    mutex_init(&mutexes[i]);
    init_rwsem(&rwsems[i]);
  }
  sema_init(&semaphore, 1);
  rt_mutex_init(&rt_mutex);
  return misc_register(&device);
}

static void __exit wedged_hang_exit(void) {
  misc_deregister(&device);
}

module_init(wedged_hang_init);
module_exit(wedged_hang_exit);
MODULE_DESCRIPTION("Provokes hangs for the tests of wedged");
MODULE_LICENSE("GPL");
