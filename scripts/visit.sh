#!/usr/bin/env bash
# Asks the gateway for one visit and says where its trace is. --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: visit.sh [--rounds N] [--serial] [--queue] [URL...]

One visit of the URLs: each is fetched and its status is stored. Without a URL
the offline third party is visited.

  --rounds N   visit all of them N times
  --serial     one after the other, not side by side
  --queue      through the writer's queue (POST /visits): the answer comes first

Environment:
  GATEWAY   the gateway (http://localhost:8080)
  TRACES    whose trace pages to link to, such as http://localhost:9412
            (default: what the gateway's answer says)

Exit status: 0 done, 1 the gateway answered an error, 2 wrong use, 3 no answer.

Examples:
  visit.sh https://go.dev/ 'https://example.com/?a=b&c=d'
  visit.sh --rounds 3 --serial
TEXT
}

wrong() { echo "visit.sh: $1 (try --help)" >&2; exit 2; }

gateway=${GATEWAY:-http://localhost:8080}
path=/visit
query=()
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --rounds) [ $# -gt 1 ] || wrong "--rounds needs a number"; query+=(--data-urlencode "rounds=$2"); shift ;;
    --rounds=*) query+=(--data-urlencode "rounds=${1#*=}") ;;
    --serial) query+=(--data-urlencode "mode=serial") ;;
    --queue) path=/visits; query+=(--request POST) ;;
    --) shift; break ;;
    -*) wrong "there is no option $1" ;;
    *) query+=(--data-urlencode "url=$1") ;;
  esac
  shift
done
for url in "$@"; do query+=(--data-urlencode "url=$url"); done

work=$(mktemp -d "${TMPDIR:-/tmp}/visit.XXXXXX")
trap 'rm -rf "$work"' EXIT

# An empty array is an unset variable to the bash of macOS: hence ${query[@]+…}.
status=$(curl --silent --show-error --max-time 60 --get ${query[@]+"${query[@]}"} \
  --dump-header "$work/head" --output "$work/body" --write-out '%{http_code}' "${gateway%/}$path") ||
  { echo "visit.sh: no answer from $gateway: is the workshop up?" >&2; exit 3; }

# said NAME: the first string of that name in the answer, which has a member a line.
said() { sed -n 's/^ *"'"$1"'": "\(.*\)",\{0,1\}$/\1/p' "$work/body" | sed -n '1p' | sed 's/\\\(["\\]\)/\1/g'; }

# The visits, also those that were done before one failed.
awk '
  function value() { sub(/^[^:]*: "?/, ""); sub(/"?,?$/, ""); return $0 }
  /^ *"url":/        { url = value(); round = "" }
  /^ *"round":/      { round = "  round " value() }
  /^ *"statusText":/ { printf "%-24s %s%s\n", value(), url, round }
' "$work/body"

if [ "$path$status" = /visits202 ]; then echo "queued"; fi

# The header is there on every answer; traceUrl on a good one that was recorded.
trace=$(tr -d '\r' <"$work/head" | sed -n 's/^[Tt]raceresponse: *00-\([0-9a-f]*\)-.*-\([0-9a-f]*\)$/\1 \2/p')
link=$(said traceUrl)
case $trace in
  *' 00') echo "trace    ${trace% *}, not recorded: the sampler did not take it" ;;
  ?*)
    if [ -n "${TRACES:-}" ] || [ -z "$link" ]; then link="${TRACES:-http://localhost:9411}"; link="${link%/}/zipkin/traces/${trace% *}"; fi
    echo "trace    $link"
    ;;
esac

case $status in
  2??) ;;
  *)
    detail=$(said detail) field=$(said field) service=$(said service)
    echo "visit.sh: $status: ${detail:-not a problem document: is another program at $gateway?}${field:+ (field: $field)}${service:+ (service: $service)}" >&2
    exit 1
    ;;
esac
