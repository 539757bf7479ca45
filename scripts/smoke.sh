#!/usr/bin/env bash
# Makes a visit and a queued one, and asks Zipkin whether their traces are whole.
# --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: smoke.sh [TRACE]

Makes one visit and one through the queue, asks Zipkin's API for their traces
until they are whole, for at most 10 s each, and prints a line for each thing
that must be true. Works with every stack: ours, in containers, or a real
Zipkin.

With the id of a visit's TRACE nothing is asked of the gateway: it looks at that
trace alone.

Environment:
  GATEWAY   the gateway (http://localhost:8080)
  ZIPKIN    whoever answers Zipkin's API v2 (http://localhost:9411)

Exit status: 0 all is true, 1 something is not, 2 wrong use, 3 no gateway.
TEXT
}

trace=${1:-}
case $trace in
  --help | -h) usage; exit 0 ;;
  *[!0-9a-f]*) echo "smoke.sh: $trace is not the id of a trace (try --help)" >&2; exit 2 ;;
esac

gateway=${GATEWAY:-http://localhost:8080} gateway=${gateway%/}
zipkin=${ZIPKIN:-http://localhost:9411} zipkin=${zipkin%/}
patience=10 # seconds
work=$(mktemp -d "${TMPDIR:-/tmp}/smoke.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0

# objects puts each object of a JSON list on a line of its own, without white
# space, whatever the order of its members.
objects() {
  LC_ALL=C awk '{
    n = length($0)
    for (i = 1; i <= n; i++) {
      c = substr($0, i, 1)
      if (inside) { out = out c; if (c == "\\") out = out substr($0, ++i, 1); else if (c == "\"") inside = 0; continue }
      if (c ~ /[ \t\r]/) continue
      if (c == "{") depth++
      if (depth) out = out c
      if (c == "\"") inside = 1
      if (c == "}" && --depth == 0) { print out; out = "" }
    }
  }'
}

# The checks read $work/spans, one span a line.

# Patterns of a span's members.
service() { echo "\"localEndpoint\":[{][^}]*\"serviceName\":\"$1\""; }
remote() { echo "\"remoteEndpoint\":[{][^}]*\"serviceName\":\"$1\""; }
kind() { echo "\"kind\":\"$1\""; }
name() { echo "\"name\":\"$1\"" | sed 's/[{}]/[&]/g'; }

# spans PATTERN...: the spans that have all of them.
spans() {
  local pattern found
  found=$(cat "$work/spans")
  for pattern in "$@"; do found=$(grep -E -- "$pattern" <<<"$found") || return 0; done
  printf '%s\n' "$found"
}

ids() { sed -n 's/.*"'"$1"'":"\([0-9a-f]*\)".*/\1/p'; }

# say OK WHAT: one line for one check. OK is empty when it is not.
say() { if [ -n "$1" ]; then echo "ok    $2"; else echo "FAIL  $2"; fi; }

must() { # WHAT PATTERN...
  local what=$1
  shift
  say "$(spans "$@")" "$what"
}

# pair CALLER CALLED NAME: a CLIENT span of one service, and below it the SERVER
# span of the other. Some tracers give both the same id.
pair() {
  local id found=
  while read -r id; do
    found+=$(spans "$(kind SERVER)" "$(service "$2")" "\"(parentId|id)\":\"$id\"")
  done < <(spans "$(kind CLIENT)" "$(service "$1")" "$(name "$3")" | ids id)
  say "$found" "CLIENT and SERVER: $1 -> $2, $3"
}

# whole: exactly one span has no parent, and all others' parents are there. A span may
# have several parts: an explanation adds its tags in one of their own.
whole() {
  local roots orphans
  roots=$(sed '/"parentId":/d' "$work/spans" | ids id | sort -u | wc -l | tr -d ' ')
  orphans=$(comm -13 <(ids id <"$work/spans" | sort -u) <(ids parentId <"$work/spans" | sort -u) | wc -l | tr -d ' ')
  say "$([ "$roots" = 1 ] && echo yes)" "one root ($roots)"
  say "$([ "$orphans" = 0 ] && echo yes)" "no orphans ($orphans parents missing)"
}

three_services() {
  must "spans of gateway" "$(service gateway)"
  must "spans of fetcher" "$(service fetcher)"
  must "spans of writer" "$(service writer)"
}

visit_checks() {
  three_services
  pair gateway fetcher 'get /fetch'
  pair gateway writer 'put /values/{key}'
  must "annotation HTTP Response Status Code:200 OK" "$(service fetcher)" '"value":"HTTP Response Status Code:200 OK"'
  must "tag URL Response Code 200" "$(service fetcher)" '"URL Response Code":"200"'
  must "Redis SET by writer" "$(kind CLIENT)" "$(service writer)" "$(name set)" "$(remote redis)"
  whole
}

queue_checks() {
  three_services
  pair gateway writer 'post /queue'
  must "PRODUCER publish visits" "$(kind PRODUCER)" "$(service writer)" "$(name 'publish visits')"
  must "CONSUMER process visits" "$(kind CONSUMER)" "$(service writer)" "$(name 'process visits')"
  pair writer fetcher 'get /fetch'
  must "Redis SET by writer" "$(kind CLIENT)" "$(service writer)" "$(name set)" "$(remote redis)"
  whole
}

link_checks() { # over links, which are objects like spans
  must "link gateway -> fetcher" '"parent":"gateway"' '"child":"fetcher"'
  must "link gateway -> writer" '"parent":"gateway"' '"child":"writer"'
}

checks() {
  case $1 in
    visit) visit_checks ;;
    links) link_checks ;;
    queue) queue_checks ;;
  esac
}

# until_true CHECKS URL: asks Zipkin until all checks hold or patience ends, and
# prints the last word; what was seen only when something is wrong.
until_true() {
  local deadline=$((SECONDS + patience))
  while :; do
    curl --silent --show-error --max-time 5 "$2" >"$work/json" 2>"$work/error" || true
    objects <"$work/json" >"$work/spans"
    checks "$1" >"$work/verdict"
    grep -q '^FAIL' "$work/verdict" || break
    [ "$SECONDS" -lt "$deadline" ] || break
    sleep 0.2
  done
  cat "$work/verdict"
  if grep -q '^FAIL' "$work/verdict"; then
    failed=1
    echo "      after $patience s, $2 said:"
    if [ -s "$work/spans" ]; then sed 's/^/      /' "$work/spans"; else cat "$work/json" "$work/error" | sed -n '1,5s/^/      /p'; fi
  fi
}

# ask METHOD PATH STATUS: one request to the gateway; its trace is then $trace.
ask() {
  local status
  status=$(curl --silent --show-error --max-time 60 --request "$1" --dump-header "$work/head" --output "$work/body" \
    --write-out '%{http_code}' "$gateway$2") || { echo "smoke.sh: no answer from $gateway: is the workshop up?" >&2; exit 3; }
  trace=$(tr -d '\r' <"$work/head" | sed -n 's/^[Tt]raceresponse: *00-\([0-9a-f]*\)-.*/\1/p')
  if [ "$status" = "$3" ] && [ -n "$trace" ]; then
    echo "ok    $1 $2 answers $status, trace $trace"
    return
  fi
  failed=1
  echo "FAIL  $1 $2 answers $status, trace ${trace:-unknown}; want $3. It said:"
  sed 's/^/      /' "$work/body"
}

if [ -n "$trace" ]; then
  until_true visit "$zipkin/api/v2/trace/$trace"
  exit $failed
fi
ask GET /visit 200
until_true visit "$zipkin/api/v2/trace/$trace"
# A little of the future, for clocks that differ.
until_true links "$zipkin/api/v2/dependencies?endTs=$(($(date +%s) + 60))000&lookback=3600000"
ask POST /visits 202
until_true queue "$zipkin/api/v2/trace/$trace"
exit $failed
