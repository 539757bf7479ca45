#!/usr/bin/env bash
# Visits at a steady rate, with curl, and says which were slowest. --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: load.sh [--rate N] [--count N] [--concurrency N] [--queue] [--fault SPEC]
               [--header LINE] [--anywhere] [QUERY]

Asks the gateway for visits at a steady rate and prints how it answered, and the
slowest answers with their traces. QUERY is what stands behind the "?" of each
visit, encoded already; without it the offline third party is visited.

  --rate N          visits a second (5), at most 200
  --count N         visits in all (50), at most 100,000
  --concurrency N   visits under way at once (10), at most 100; when as many
                    are, the next one waits and the rate is not kept
  --queue           through the writer's queue (POST /visits)
  --fault SPEC      have faults happen to each, such as 'writer=slow-disk':
                    the header Fault; "tracelab fault list" lists them
  --header LINE     a header for each, such as 'b3: 0'; may be repeated
  --anywhere        also where GATEWAY is not this machine: ask its owner first

Ctrl-C ends it early: what is under way is waited for and counted.

Environment:
  GATEWAY   the gateway (http://localhost:8080)
  TRACES    whose trace pages to link to, such as http://localhost:9412
            (default: what the gateway's answers say)

Exit status: 0 all were answered well, 1 some were not, 2 wrong use, 130 Ctrl-C.

Examples:
  load.sh --rate 20 --count 200
  load.sh --fault 'writer=lock-contention;ms=80'
  load.sh 'url=http://127.0.0.1:8083/delay/1&rounds=2'    # with "tracelab up"
  load.sh 'url=http://thirdparty:8083/delay/1&rounds=2'   # in containers
TEXT
}

wrong() { echo "load.sh: $1 (try --help)" >&2; exit 2; }

# whole NAME VALUE MAX: VALUE, if it is a whole number from 1 to MAX.
whole() {
  case $2 in '' | *[!0-9]* | ??????????*) wrong "$1 $2: want a whole number from 1 to $3" ;; esac
  local n=$((10#$2)) # 08 is eight
  if [ "$n" -lt 1 ] || [ "$n" -gt "$3" ]; then wrong "$1 $2: want a whole number from 1 to $3"; fi
  echo "$n"
}

# here URL: whether its host is this machine. What stands before an "@" is a
# user's name, whatever it looks like.
here() {
  local host=${1#*://}
  host=${host%%[/?#\\]*}
  host=${host##*@}
  case $host in
    '[::1]' | '[::1]':* | localhost | localhost:* | *.localhost | *.localhost:*) return 0 ;;
    127.*) case ${host%%:*} in *[!0-9.]*) ;; *) return 0 ;; esac ;;
  esac
  return 1
}

gateway=${GATEWAY:-http://localhost:8080}
gateway=${gateway%/}
rate=5 count=50 concurrency=10 anywhere='' query='' path=/visit
options=()
while [ $# -gt 0 ]; do
  # --name=value is --name value
  case $1 in --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;; esac
  case $1 in
    --help | -h) usage; exit 0 ;;
    --anywhere) anywhere=yes ;;
    --queue) path=/visits; options+=(--request POST) ;;
    --rate | --count | --concurrency | --fault | --header)
      [ $# -gt 1 ] || wrong "$1 needs a value"
      case $1 in
        --rate) rate=$(whole "$1" "$2" 200) ;;
        --count) count=$(whole "$1" "$2" 100000) ;;
        --concurrency) concurrency=$(whole "$1" "$2" 100) ;;
        --fault) options+=(--header "Fault: $2") ;;
        --header) options+=(--header "$2") ;;
      esac
      shift
      ;;
    -*) wrong "there is no option $1" ;;
    *) [ -z "$query" ] || wrong "one QUERY is enough: $1"; query=${1#\?} ;;
  esac
  shift
done
[ -n "$anywhere" ] || here "$gateway" || wrong "$gateway is not this machine: load is for your own, or give --anywhere"
url=$gateway$path${query:+?$query}

work=$(mktemp -d "${TMPDIR:-/tmp}/load.XXXXXX")
trap 'rm -rf "$work"' EXIT
: >"$work/results"

# The pipe holds a token for each visit that may be under way; a visit takes
# one and gives it back.
mkfifo "$work/tokens"
exec 3<>"$work/tokens"
for _ in $(seq "$concurrency"); do printf . >&3; done

# visit N: one request; a line of status, seconds and trace id.
visit() {
  local id page
  trap '' INT # a Ctrl-C is for who starts visits; those under way are counted
  curl --silent --max-time 60 ${options[@]+"${options[@]}"} --globoff --dump-header "$work/$1.head" --output "$work/$1.body" \
    --write-out '%{http_code} %{time_total}' "$url" >"$work/$1.line" || true
  id=$(tr -d '\r' <"$work/$1.head" 2>/dev/null | sed -n 's/^[Tt]raceresponse: *00-\([0-9a-f]*\)-.*/\1/p') || true
  # Where the trace pages are: any good answer says it for all.
  if [ ! -s "$work/pages" ]; then
    page=$(sed -n 's/^ *"traceUrl": "\(.*\/\)[0-9a-f]*".*/\1/p' "$work/$1.body" 2>/dev/null) || true
    [ -z "$page" ] || echo "$page" >"$work/pages"
  fi
  echo "$(cat "$work/$1.line") ${id:--}" >>"$work/results"
  rm -f "$work/$1".*
  printf . >&3
}

# pace N: sleeps until visit N is due. A bash before 5 has no clock that is fine
# enough: it sleeps as if starting curl took no time, and is a little slower.
pace() {
  local left
  if [ -z "${EPOCHREALTIME:-}" ]; then sleep "$pause"; return; fi
  left=$((began + $1 * 1000000 / rate - ${EPOCHREALTIME//[!0-9]/}))
  [ "$left" -le 0 ] || sleep "$(printf '%d.%06d' $((left / 1000000)) $((left % 1000000)))"
}

report() {
  local answered pages bad
  wait
  [ ! -t 2 ] || printf '\r\033[K' >&2
  answered=$(wc -l <"$work/results" | tr -d ' ')
  echo "$answered of $count visits in $SECONDS s"
  awk '{ n[$1]++ } END { for (s in n) printf "  %6d  %s\n", n[s], s == "000" ? "no answer" : s }' "$work/results" | sort -k 2
  pages=${TRACES:+${TRACES%/}/zipkin/traces/}
  pages=${pages:-$(cat "$work/pages" 2>/dev/null || true)}
  pages=${pages:-http://localhost:9411/zipkin/traces/}
  [ "$answered" = 0 ] || echo "slowest:"
  sort -k 2 -rn "$work/results" |
    awk -v pages="$pages" 'NR <= 5 { printf "  %8.1f ms  %s%s\n", $2 * 1000, $1, $3 == "-" ? "" : "  " pages $3 }'
  bad=$(grep -vc '^2' "$work/results" || true)
  [ "$answered" != 0 ] && [ "$bad" = 0 ]
}

stopped() {
  trap 'exit 130' INT TERM
  echo "stopping; a second Ctrl-C does not wait for what is under way" >&2
  report || true
  exit 130
}

trap stopped INT TERM
SECONDS=0
began=${EPOCHREALTIME:-} began=${began//[!0-9]/}
pause=$(awk -v rate="$rate" 'BEGIN { print 1 / rate }')
for ((i = 0; i < count; i++)); do
  [ "$i" = 0 ] || pace "$i"
  read -r -n 1 -u 3 _
  visit "$i" &
  [ ! -t 2 ] || printf '\r%d of %d, %d s ' "$((i + 1))" "$count" "$SECONDS" >&2
done
report
