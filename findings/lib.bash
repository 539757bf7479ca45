# What the findings have in common: a temporary module, and the verdict.
# shellcheck shell=bash

set -euo pipefail
export GOWORK=off GOFLAGS=-mod=mod GOTOOLCHAIN=${GOTOOLCHAIN:-go1.26.8}

needs() {
  local program
  for program; do
    command -v "$program" >/dev/null || { echo "${0##*/}: $program is missing" >&2; exit 2; }
  done
}

# workshop makes a temporary folder and goes there. It is gone at the end, with the
# processes in children.
workshop() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/finding.XXXXXX")
  children=()
  trap leave EXIT
  cd "$work"
}

leave() {
  local pid
  for pid in "${children[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}

# module PACKAGE@VERSION... makes a module that has these, and says which.
module() {
  needs go
  workshop
  quietly go mod init finding
  quietly go get "$@"
  echo "$(go env GOVERSION), $*"
}

# quietly runs a command of which nobody wants to read unless it fails.
quietly() {
  "$@" >log 2>&1 || { cat log >&2; exit 2; }
}

# program compiles main.go from standard input.
program() {
  cat >main.go
  quietly go build -o finding .
}

# verdict TEXT... runs a test command; the finding holds if it succeeds.
verdict() {
  local text=$1
  shift
  if "$@"; then
    echo "it holds: $text"
  else
    echo "IT HAS CHANGED; it was: $text"
    exit 1
  fi
}
