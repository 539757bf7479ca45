#!/usr/bin/env bash
# Runs the tests again and again, first as they are, then with every core kept
# busy, and says which failed. --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: flicker.sh [PACKAGE ...]

Runs the tests of the packages (all of both modules) ROUNDS times, then as often
beside a loop for each core. Prints a line a round: how long it took, and what
failed. What a round with failures printed is kept in a folder, which the last
line names.

Environment:
  ROUNDS    of each kind (5)
  BUSY      loops (as many as there are cores)
  GOFLAGS   for go test, such as -race

Exit status: 0 nothing failed, 1 something did, 2 wrong use.
TEXT
}

case ${1:-} in
  --help | -h) usage; exit 0 ;;
  -*) echo "flicker.sh: $1 is no package (try --help; flags of go test go into GOFLAGS)" >&2; exit 2 ;;
esac
[ $# -gt 0 ] || set -- work

rounds=${ROUNDS:-5}
loops=${BUSY:-$(getconf _NPROCESSORS_ONLN)}
longest=3600 # seconds that a loop lives at most, whatever becomes of this script
kept=$(mktemp -d "${TMPDIR:-/tmp}/flicker.XXXXXX")
failed=0
busy=()

# The loops have the usual priority, as other programs on a machine do.
start_loops() {
  local n
  for ((n = 0; n < loops; n++)); do
    timeout "$longest" bash -c 'while :; do :; done' &
    busy+=($!)
  done
}

stop_loops() {
  [ ${#busy[@]} -eq 0 ] && return
  kill "${busy[@]}" 2>/dev/null || true
  wait "${busy[@]}" 2>/dev/null || true
  busy=()
}
trap stop_loops EXIT

# round NAME PACKAGE... runs the tests once and prints its line.
round() {
  local name=$1 log=$kept/$1.log began=$SECONDS
  shift
  if go test -count=1 "$@" >"$log" 2>&1; then
    printf '%-8s %4d s  ok\n' "$name" $((SECONDS - began))
    rm "$log"
    return
  fi
  failed=1
  # Names of tests; of packages, where there is none.
  local what
  what=$(grep -oE '^ *--- FAIL: [^ ]+' "$log" | sed 's/.*: //' | sort -u | paste -sd ' ')
  [ -n "$what" ] || what=$(grep -E '^FAIL[[:space:]]+[^[:space:]]' "$log" | awk '{ print $2 }' | sort -u | paste -sd ' ')
  printf '%-8s %4d s  FAILED: %s\n' "$name" $((SECONDS - began)) "${what:-see the log}"
}

for ((i = 1; i <= rounds; i++)); do
  round "quiet-$i" "$@"
done
for ((i = 1; i <= rounds; i++)); do
  start_loops
  round "busy-$i" "$@"
  stop_loops
done
if [ "$failed" = 1 ]; then
  echo "what the failed rounds printed: $kept"
  exit 1
fi
rmdir "$kept"
