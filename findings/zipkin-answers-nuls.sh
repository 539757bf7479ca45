#!/usr/bin/env bash
# Zipkin (io.zipkin:zipkin-server 3.6.1): a tag with U+2028 and another character that
# is not ASCII makes the JSON of its trace end with NULs, which no parser reads.
#
# U+2028 is in text that was pasted from editors and chats. The span is taken (202).
# Each answer that has it ends two bytes too late, and all other traces of the
# answer are unreadable with it. Each of the characters alone does no harm.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

needs java mvn curl
version=3.6.1
workshop
quietly mvn -B -q dependency:copy -Dartifact=io.zipkin:zipkin-server:$version:jar:exec -DoutputDirectory="$work"
port=$((20000 + RANDOM % 10000))
ARMERIA_PORTS_0_IP=127.0.0.1 ARMERIA_PORTS_0_PORT=$port ARMERIA_PORTS_0_PROTOCOLS_0=http \
  java -Xmx256m -jar zipkin-server-$version-exec.jar >log 2>&1 &
children+=($!)
zipkin=http://127.0.0.1:$port
for ((i = 0; i < 240; i++)); do curl -sf "$zipkin/health" >/dev/null && break; sleep 0.5; done
curl -sf "$zipkin/health" >/dev/null || { cat log >&2; exit 2; }

# nuls ID TEXT stores a span with a tag and counts the NULs of the answer.
nuls() {
  printf '[{"traceId":"%s","id":"1","timestamp":1,"tags":{"text":"%s"}}]' "$1" "$2" |
    curl -sf -H 'Content-Type: application/json' --data-binary @- "$zipkin/api/v2/spans"
  curl -sf --retry 20 --retry-delay 1 --retry-all-errors "$zipkin/api/v2/trace/$1" | count
}

count() { tr -dc '\000' | wc -c | tr -d ' '; }

separator=$(printf '\xe2\x80\xa8')
plain=$(nuls 0000000000000001 "cafe${separator}two")
accent=$(nuls 0000000000000002 "café")
both=$(nuls 0000000000000003 "café${separator}two")
list=$(curl -sf "$zipkin/api/v2/traceMany?traceIds=0000000000000001,0000000000000002,0000000000000003" | count)
echo "Zipkin $version: NULs at the end: $plain with U+2028, $accent with é, $both with both; $list of all three traces in a list"
verdict "none, none, two; two" [ "$plain" -eq 0 -a "$accent" -eq 0 -a "$both" -eq 2 -a "$list" -eq 2 ]
