#!/usr/bin/env bash
# Builds the images, starts the workshop in containers, and judges it as people
# would meet it. --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: compose-smoke.sh

Builds and starts deploy/docker-compose.yml as a project of its own, and checks:
what smoke.sh checks; what the doctor says; that a slow visit is explained, and
that Zipkin shows why; that each container is as closed as it is meant to be;
that without Redis the answer is 503, and with it 200 again; that the services
stop in time, finish what was under way, and report its spans. Takes it all
down at the end. Logs are shown after a failure only.

It uses the ports of the workshop: stop yours first.

Exit status: 0 all is well, 1 something is not, 2 wrong use.
TEXT
}

case ${1:-} in
  '') ;;
  --help | -h) usage; exit 0 ;;
  *) echo "compose-smoke.sh: there is nothing to choose (try --help)" >&2; exit 2 ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
compose=(docker compose --project-name tracelab-smoke --file "$here/../deploy/docker-compose.yml")
gateway=http://localhost:8080
services='gateway fetcher writer'
work=$(mktemp -d "${TMPDIR:-/tmp}/compose-smoke.XXXXXX")
unset BIND GATEWAY ZIPKIN TRACES TRACELAB_SAMPLER # the checks are of the defaults
failed=0

# shellcheck disable=SC2317 # the trap calls it
finish() {
  local status=$?
  trap - EXIT
  [ "$status" = 0 ] || { echo "--- logs"; "${compose[@]}" logs --no-color --tail 200; } >&2 || true
  "${compose[@]}" down --volumes --timeout 5 >"$work/down" 2>&1 || cat "$work/down" >&2
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# step WHAT COMMAND...: runs it, and shows what it said only when it fails.
step() {
  local what=$1 began=$SECONDS
  shift
  if "$@" >"$work/said" 2>&1; then
    echo "ok    $what, $((SECONDS - began)) s"
  else
    failed=1
    echo "FAIL  $what:"
    sed 's/^/      /' "$work/said"
    return 1
  fi
}

# is WHAT SEEN WANTED
is() {
  if [ "$2" = "$3" ]; then echo "ok    $1"; else failed=1; echo "FAIL  $1: $2, want $3"; fi
}

inspect() { docker inspect --format "$1" "$2"; }

# closed SERVICE: what the engine was told, and, where its processes can be seen,
# what became of it.
closed() {
  local id pid seen
  id=$("${compose[@]}" ps --quiet "$1")
  is "$1 healthy, never restarted" "$(inspect '{{.State.Health.Status}} {{.RestartCount}}' "$id")" "healthy 0"
  is "$1 read-only, no capabilities, no new privileges" \
    "$(inspect '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.CapAdd}} {{.HostConfig.SecurityOpt}}' "$id")" \
    "true [ALL] [] [no-new-privileges:true]"
  case $(inspect '{{.Config.User}} {{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}' "$id") in
    [1-9]*' '[1-9]*' '[1-9]*) seen=yes ;;
    *) seen=no ;;
  esac
  is "$1 not root, memory and processes bounded" "$seen" yes
  pid=$(inspect '{{.State.Pid}}' "$id")
  [ -r "/proc/$pid/status" ] || return 0
  is "$1 in the kernel's eyes" \
    "$(awk '/^Uid:/ { root = $2 == 0 } /^Cap(Inh|Prm|Eff|Bnd|Amb):/ && $2 !~ /^0+$/ { caps = 1 } /^NoNewPrivs:/ { new = !$2 } END { print root + caps + new }' "/proc/$pid/status")" 0
}

# published is what can be reached from outside of the containers.
published() {
  local id
  for id in $("${compose[@]}" ps --quiet); do
    inspect '{{range .HostConfig.PortBindings}}{{range .}}{{.HostIp}}:{{.HostPort}} {{end}}{{end}}' "$id"
  done | tr ' ' '\n' | sed '/^$/d' | sort | tr '\n' ' '
}

# visit [QUERY [CURL ARGUMENT...]]: the status of a visit; $work/head and $work/body
# are its answer.
visit() {
  curl --silent --max-time 20 --dump-header "$work/head" --output "$work/body" --write-out '%{http_code}' "$gateway/visit${1:+?$1}" "${@:2}" || true
}

# trace_id is that of the last visit.
trace_id() { tr -d '\r' <"$work/head" | sed -n 's/^[Tt]raceresponse: *00-\([0-9a-f]*\)-.*/\1/p'; }

# explained has a mutex be held, and asks why that took so long.
explained() {
  local id deadline
  is "a visit while a mutex is held" "$(visit '' --header 'Fault: writer=lock-contention;ms=80')" 200
  id=$(trace_id)
  "${compose[@]}" exec -T tracelab tracelab why "$id" >"$work/why" 2>&1 || true
  is "why says that it waited for the mutex" "$(tr '\n' ' ' <"$work/why" | grep -c 'redisWrite of the writer waited for a sync.Mutex' || cat "$work/why")" 1
  deadline=$((SECONDS + 10))
  until curl --silent "http://localhost:9411/api/v2/trace/$id" | grep -q '"go.why"' || [ "$SECONDS" -ge "$deadline" ]; do sleep 0.2; done
  is "and Zipkin has it" "$(curl --silent "http://localhost:9411/api/v2/trace/$id" | grep -c '"go.why"' || true)" 1
}

without_redis() {
  "${compose[@]}" kill redis >/dev/null 2>&1
  is "without Redis a visit is 503" "$(visit)" 503
  is "and it says so" "$(grep -c '"service": "redis"' "$work/body" || true)" 1
  "${compose[@]}" start redis >/dev/null 2>&1
  local deadline=$((SECONDS + 10))
  until [ "$(visit)" = 200 ] || [ "$SECONDS" -ge "$deadline" ]; do sleep 0.2; done
  is "with Redis it is 200 again" "$(visit)" 200
}

# stop asks the services to stop while a visit is under way.
stop() {
  local ids='' name id
  for name in $services; do ids="$ids $("${compose[@]}" ps --quiet "$name")"; done
  visit 'url=http://thirdparty:8083/delay/2' >"$work/status" &
  sleep 0.7
  # shellcheck disable=SC2086 # names and ids are words
  step "stop $services" "${compose[@]}" stop $services || true
  wait
  is "the visit that was under way" "$(cat "$work/status")" 200
  for id in $ids; do is "exit status of $(inspect '{{index .Config.Labels "com.docker.compose.service"}}' "$id")" "$(inspect '{{.State.ExitCode}} {{.State.OOMKilled}}' "$id")" "0 false"; done
  step "its trace is whole" "$here/smoke.sh" "$(trace_id)" || true
}

# One at a time: without BuildKit, two builds at once would both compile what they
# share; with it there is only one build anyway.
step "build" env COMPOSE_PARALLEL_LIMIT=1 "${compose[@]}" build || exit 1
step "start, all healthy" "${compose[@]}" up --detach --wait --wait-timeout 240 || exit 1
step "smoke" "$here/smoke.sh" || true
step "doctor" "${compose[@]}" exec -T tracelab tracelab doctor || true
explained
for name in $services thirdparty tracelab redis zipkin; do closed "$name"; done
is "published: the gateway, two UIs and the debug ports, on loopback" "$(published)" \
  "127.0.0.1:6080 127.0.0.1:6081 127.0.0.1:6082 127.0.0.1:8080 127.0.0.1:9411 127.0.0.1:9412 "
without_redis
step "smoke again" "$here/smoke.sh" || true
stop
exit $failed
