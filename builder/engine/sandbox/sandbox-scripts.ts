/**
 * The shell programs of the sandbox. All input is passed as arguments, never pasted into their text. Each ends with its
 * standard input, a pipe from the builder, so that no namespace outlives the builder.
 */

/**
 * Keeps a script alive as long as its standard input. Ignores SIGCHLD, so that the kernel reaps the namespace's orphans; a
 * shell would not.
 */
const keep = 'exec env --ignore-signal=CHLD cat';

/**
 * Creates a mount namespace with this machine's tools, read-only, and of all other files only the folders of layers and of the
 * session. Tools run here if they touch files made by commands.
 * Arguments: the sandbox's folder, the session's name.
 */
export const toolNamespaceScript = `
set -eu
umask 022
read -r pid _ </proc/self/stat
folder=$1 session=$1/sessions/$2 t=$1/sessions/$2/tools
mkdir -p "$folder/layers" "$folder/sessions"
exec 9>>"$folder/lock"
# No other session is open, so all leftovers are of killed ones.
if flock -n 9; then rm -rf --one-file-system -- "$folder"/sessions/* "$folder"/layers/*.new "$folder/trash"; fi
flock -s 9
mkdir -p "$session/upper" "$session/work" "$session/etc" "$t"
skeleton=$session/skeleton
mkdir -p "$skeleton/dev" "$skeleton/proc" "$skeleton/sys" "$skeleton/etc"
for name in hosts resolv.conf hostname; do : >"$skeleton/etc/$name"; done
echo localhost >"$session/etc/hostname"
for name in hosts resolv.conf; do cat "/etc/$name" >"$session/etc/$name" 2>/dev/null || :; done
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$t"
mkdir "$t/usr" "$t/proc" "$t/dev" "$t/layers" "$t/session" "$t/upper" "$t/root"
mount --rbind -o ro /usr "$t/usr"
for name in bin sbin lib lib32 lib64 libx32 nix gnu; do
  if [ -L "/$name" ]; then cp -P "/$name" "$t/$name"
  elif [ -d "/$name" ]; then mkdir "$t/$name"; mount --rbind -o ro "/$name" "$t/$name"; fi
done
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$t/dev"
for name in null zero full random urandom tty; do
  : >"$t/dev/$name"
  mount --bind "/dev/$name" "$t/dev/$name"
done
mkdir "$t/dev/pts" "$t/dev/shm"
mount -t devpts -o newinstance,nosuid,noexec,ptmxmode=0666,mode=0620,gid=5 devpts "$t/dev/pts"
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs "$t/dev/shm"
ln -s pts/ptmx "$t/dev/ptmx"
ln -s /proc/self/fd "$t/dev/fd"
for name in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${name%:*}" "$t/dev/\${name#*:}"; done
if [ -c /dev/fuse ] && command -v fuse-overlayfs >/dev/null; then
  : >"$t/fuse"
  mount --bind /dev/fuse "$t/fuse"
fi
mount --bind "$folder/layers" "$t/layers"
mount --bind "$session" "$t/session"
mount -t proc -o nosuid,nodev,noexec proc "$t/proc"
cd "$t"
pivot_root . .
umount -l .
cd /
echo "$pid"
${keep}
`;

/**
 * In the tool namespace: mounts the root over its layers. Afterwards, only the root and a read-only view of its upper directory
 * are left of the cache. If the kernel refuses the overlay, uses fuse-overlayfs, without writeback cache, because changes are
 * read from the upper directory. Prints `kernel` or `fuse`. Arguments: folders, options of the overlay, options unknown to old kernels.
 */
export const rootScript = `
set -eu
if mount -t overlay -o "$1,$2,$3" overlay /root 2>/dev/null || why=$(mount -t overlay -o "$1,$2" overlay /root 2>&1)
then echo kernel
elif [ -e /fuse ]; then
  : >/dev/fuse
  mount --bind /fuse /dev/fuse
  fuse-overlayfs -o "$1,writeback=0" /root
  umount --lazy /dev/fuse
  rm /dev/fuse
  echo fuse
else
  echo "$why" >&2
  exit 32
fi
if [ -e /fuse ]; then umount --lazy /fuse; rm /fuse; fi
mount --bind -o ro /session/upper /upper
`;

/** Hides dangerous parts of $root/proc. $root may be relative, if it can't be reached by an absolute path. */
const maskProc = `
for name in bus fs irq sys sysrq-trigger; do
  [ ! -e "$root/proc/$name" ] || mount --no-canonicalize --bind -o ro "$root/proc/$name" "$root/proc/$name"
done
for name in kcore keys latency_stats timer_list timer_stats sched_debug acpi asound scsi; do
  if [ -d "$root/proc/$name" ]; then
    mount --no-canonicalize -t tmpfs -o ro,size=0,nr_inodes=1 tmpfs "$root/proc/$name"
  elif [ -e "$root/proc/$name" ]; then mount --no-canonicalize --bind "$root/dev/null" "$root/proc/$name"; fi
done
`;

/**
 * In the tool namespace, in new namespaces: prepares the root for commands, and becomes the first process there. For a
 * container, leaves /proc unmasked: a user can mount a new /proc only with a fully visible one. Arguments: "container" or
 * "commands", folders to create.
 */
export const commandNamespaceScript = `
set -eu
umask 022
read -r pid _ </proc/self/stat
# Sets $path to the place of $1 below /root; resolves links as if that were the root.
inside() {
  rest=$1 path=/root links=0
  while [ -n "$rest" ]; do
    name=\${rest%%/*}
    case $rest in */*) rest=\${rest#*/} ;; *) rest= ;; esac
    case $name in
      '' | .) ;;
      ..) [ "$path" = /root ] || path=\${path%/*} ;;
      *)
        if [ -L "$path/$name" ]; then
          links=$((links + 1))
          [ "$links" -lt 40 ] || return 1
          target=$(readlink "$path/$name")
          case $target in /*) path=/root ;; esac
          rest=$target/$rest
        else path=$path/$name; fi ;;
    esac
  done
}
for name in dev proc sys; do
  if [ -L "/root/$name" ] || [ ! -d "/root/$name" ]; then echo "/$name of the image is not a directory" >&2; exit 1; fi
done
mount --rbind /dev /root/dev
mount -t proc -o nosuid,nodev,noexec proc /root/proc
[ "$1" = container ] || {
  root=/root
  ${maskProc}
}
shift
mount -t tmpfs -o ro,mode=555,nosuid,nodev,noexec,size=4k tmpfs /root/sys
for name in hosts resolv.conf hostname; do
  inside "etc/$name" || continue
  [ ! -d "$path" ] || continue
  [ -e "$path" ] || { mkdir -p "\${path%/*}"; : >"$path"; }
  mount --bind "/session/etc/$name" "$path"
done
for folder; do
  inside "$folder" || continue
  [ -e "$path" ] || mkdir -p "$path"
done
hostname localhost 2>/dev/null || :
echo "$pid"
${keep}
`;

/**
 * In the tool namespace: pivots the command namespace's root, and leaves the tool namespace only that root and the tools.
 * Argument: the process id of the command namespace.
 */
export const closingScript = `
set -eu
nsenter --target "$1" --mount -- sh -c 'cd /root && exec pivot_root . .'
nsenter --target "$1" --mount --root=/ --wd="/proc/$1/root" -- umount --lazy --no-canonicalize .
umount --lazy /layers /session
mount -o remount,ro /
`;

/**
 * In a container's command namespace, with tools of the tool namespace, as the first process of a PID namespace: mounts /proc, and
 * becomes the container's command. Lets its user reopen its output, as /dev/stdout. Arguments: the process id of the
 * command namespace, user and group for chown(1), the command.
 */
export const containerScript = `
set -eu
cd "/proc/$1/root"
shift
root=.
mount --no-canonicalize -t proc -o nosuid,nodev,noexec proc proc
echo 0 >proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || :
${maskProc}
# Only pipes and terminals, in case the output is a file or device of the user.
for own in /proc/self/fd/3 /proc/self/fd/4; do
  if [ -p "$own" ] || [ -t "\${own##*/}" ]; then chown "$1" "$own"; fi
done 3>&1 4>&2 2>/dev/null
shift
exec "$@"
`;

/** In the tool namespace: sends a signal to the container's first process, number 1 of the third PID namespace. Argument: its number. */
export const signalScript = `
for status in /proc/[0-9]*/status; do
  while read -r key pid _ third fourth; do
    if [ "$key" = NSpid: ] && [ "$third" = 1 ] && [ -z "$fourth" ]; then kill -s "$1" "$pid"; fi
  done <"$status"
done 2>/dev/null
true
`;

/** In the command namespace, with tools of the tool namespace: kills all processes but the first, and waits until they have ended. */
const clearing = 'kill -KILL -1; while set -- proc/[0-9]*; [ $# -gt 2 ]; do :; done';

/**
 * In the tool namespace: runs a command and kills processes that it left. When a command and its timeout end at once, each
 * clearing kills the other; it is then repeated. Arguments: the process id of the command namespace, the command.
 */
export const runScript = `
commandNamespace=$1
shift
# Drop the shell's own messages about signals; the command keeps its stderr.
exec 3>&2 2>/dev/null
(exec "$@" 2>&3 3>&-)
status=$?
until nsenter --target "$commandNamespace" --mount --pid --root=/ --wd="/proc/$commandNamespace/root" -- sh -c '${clearing}'; do
  [ $? = 137 ] || kill -KILL $$
done
exit "$status"
`;
