# shellcheck shell=sh
# What entrypoints read their settings with. Each problem is one line on stderr, and the end.

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# readable NAME FILE: refuses a file that is not there, or that the container's user may not read.
readable() {
  [ -e "$2" ] || fail "$1 names $2, which is not there"
  [ -f "$2" ] || fail "$1 names $2, which is no file"
  [ -r "$2" ] ||
    fail "$1 names $2, which user $(id -u) may not read: give it to that user (it is $(stat -Lc '%u:%g, mode %a' "$2"))"
}

# setting NAME: the value of NAME, or what the file says that NAME_FILE names; nothing where neither is set.
setting() {
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  # shellcheck disable=SC2154
  if [ -n "$file" ]; then
    [ -z "$value" ] || fail "$1 and $1_FILE are both set: take one of them away"
    readable "$1_FILE" "$file"
    value=$(cat "$file")
    [ -n "$value" ] || fail "$1_FILE names $file, which is empty"
  fi
  [ "$value" = "$(printf %s "$value" | tr -d '\n')" ] || fail "$1 must be a single line"
  printf %s "$value"
}

# number NAME DEFAULT: exports a whole number above 0.
number() {
  eval "value=\${$1:-$2}"
  case $value in
    *[!0-9]* | ??????*) fail "$1 is \"$value\"; it must be a whole number of at most five digits" ;;
  esac
  [ "$value" -gt 0 ] || fail "$1 must be more than 0"
  export "$1=$value"
}

# text NAME DEFAULT PATTERN MEANING: exports one that the extended regular expression describes.
text() {
  eval "value=\${$1:-$2}"
  printf %s "$value" | grep -Eqx -- "$3" || fail "$1 is \"$value\"; it must be $4"
  export "$1=$value"
}

# tls_files PREFIX: succeeds where PREFIX_TLS_CERTIFICATE_FILE and PREFIX_TLS_KEY_FILE are given, as $certificate and $key;
# fails where neither is; ends where only one is, or where one can't be read.
tls_files() {
  eval "certificate=\${$1_TLS_CERTIFICATE_FILE:-} key=\${$1_TLS_KEY_FILE:-}"
  [ -n "$certificate$key" ] || return 1
  [ -n "$certificate" ] || fail "$1_TLS_KEY_FILE needs $1_TLS_CERTIFICATE_FILE"
  [ -n "$key" ] || fail "$1_TLS_CERTIFICATE_FILE needs $1_TLS_KEY_FILE"
  readable "$1_TLS_CERTIFICATE_FILE" "$certificate"
  readable "$1_TLS_KEY_FILE" "$key"
}
