/**
 * The shell programs of the sandbox. They get everything as arguments, nothing is put into their text. Each ends when its
 * standard input does, which is a pipe of the builder's: whatever becomes of the builder, no namespace outlives it.
 */

/**
 * Ends a script: lives as long as standard input. Whatever becomes an orphan in its namespace ends without being waited for,
 * which a shell would be disturbed by.
 */
const keep = 'exec env --ignore-signal=CHLD cat';

/**
 * Makes a mount namespace in which this machine's tools are, read-only, and of its files nothing but the cache's folder of
 * layers and the session's. Tools that touch what others made run in here.
 * Arguments: the sandbox's folder, the session's name.
 */
export const toolNamespaceScript = `
set -eu
umask 022
read -r pid _ </proc/self/stat
folder=$1 session=$1/sessions/$2 t=$1/sessions/$2/tools
mkdir -p "$folder/layers" "$folder/sessions"
exec 9>>"$folder/lock"
# Nobody else is here: what is left is of the dead.
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
 * In the tool namespace: mounts the root over its layers. From then on the tool namespace has nothing of the cache but that root, and what
 * changed in it to look at. Where the kernel refuses, fuse-overlayfs does it, without a cache of its own for what is written:
 * what changed is looked for below it. Says which. Arguments: places, the overlay's options, those that old kernels do not know.
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

/** Takes away what is dangerous of $root/proc. Paths may be relative, where nothing leads to what they are relative to. */
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
 * In the tool namespace, in namespaces of its own: makes the place where commands run, and is its first process. For a container it
 * leaves its own /proc as it is: users may mount another one only where they see a whole one. Arguments: "container" or
 * "commands", folders to be made.
 */
export const commandNamespaceScript = `
set -eu
umask 022
read -r pid _ </proc/self/stat
# Sets $path to where $1 is below /root, with links followed as they will be when that is the root.
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
 * In the tool namespace: changes the command namespace's root, and leaves the tool namespace nothing but that root and the tools.
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
 * In a container's command namespace, with the tool namespace's tools, as the first process of its own: gives it a /proc, and becomes its command.
 * What it writes to may be opened again by its user, as /dev/stdout. Arguments: the process id of the command namespace, user and
 * group as chown(1) takes them, the command.
 */
export const containerScript = `
set -eu
cd "/proc/$1/root"
shift
root=.
mount --no-canonicalize -t proc -o nosuid,nodev,noexec proc proc
echo 0 >proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || :
${maskProc}
# Pipes and terminals of the container's own, and nothing else that the user may have put there.
for own in /proc/self/fd/3 /proc/self/fd/4; do
  if [ -p "$own" ] || [ -t "\${own##*/}" ]; then chown "$1" "$own"; fi
done 3>&1 4>&2 2>/dev/null
shift
exec "$@"
`;

/** In the tool namespace: sends a signal to the first process of its container, which is that of the third process namespace. Argument: its number. */
export const signalScript = `
for status in /proc/[0-9]*/status; do
  while read -r key pid _ third fourth; do
    if [ "$key" = NSpid: ] && [ "$third" = 1 ] && [ -z "$fourth" ]; then kill -s "$1" "$pid"; fi
  done <"$status"
done 2>/dev/null
true
`;

/** In the command namespace, with the tool namespace's tools: kills all that runs there but its first process, and waits for their end. */
const clearing = 'kill -KILL -1; while set -- proc/[0-9]*; [ $# -gt 2 ]; do :; done';

/**
 * In the tool namespace: runs a command and ends all that it left running. Two that end at once, a command and the end of its time,
 * kill each other's clearing too, which is then done again. Arguments: the process id of the command namespace, the command.
 */
export const runScript = `
commandNamespace=$1
shift
# What the shell says of signals is not the command's.
exec 3>&2 2>/dev/null
(exec "$@" 2>&3 3>&-)
status=$?
until nsenter --target "$commandNamespace" --mount --pid --root=/ --wd="/proc/$commandNamespace/root" -- sh -c '${clearing}'; do
  [ $? = 137 ] || kill -KILL $$
done
exit "$status"
`;
