#!/bin/sh
# Drives the fixture service from another process with a shell and curl alone.
# A gRPC call is an HTTP/2 POST: a zero, the message's length in four bytes, the message; the
# outcome is in the trailers.
set -eu
folder=$(mktemp -d)
${STIGMER_HARNESS:-stigmer-harness} serve --exit-with-parent --ready-file "$folder/ready" \
    >"$folder/out" 2>"$folder/calls" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" || true; rm -rf "$folder"' EXIT

until [ -f "$folder/ready" ]; do
    kill -0 "$server" || { cat "$folder/calls"; exit 1; }
    sleep 0.05
done
said() { sed "s/.*\"$1\": \"\([^\"]*\)\".*/\1/" "$folder/ready"; }
address=$(said address)
token=$(said token)

call() { # call PATH TEXT: sends TEXT as field 1 (nothing for an empty TEXT), prints the status
    : >"$folder/message"
    [ -z "$2" ] || printf "\012\\$(printf %03o ${#2})%s" "$2" >"$folder/message"
    length=$(wc -c <"$folder/message")
    printf "\000\000\000\000\\$(printf %03o "$length")" | cat - "$folder/message" |
        curl --silent --show-error --noproxy '*' --http2-prior-knowledge --max-time 10 \
            --header 'content-type: application/grpc' --header 'te: trailers' \
            --header "authorization: Bearer $token" --header "stigmer-namespace: shell-$$" --data-binary @- \
            --dump-header "$folder/head" --output "$folder/answer" "http://$address/$1"
    tr -d '\r' <"$folder/head" | sed -n 's/^grpc-\(status\|message\): //p' | paste -s -d ' ' - | sed 's, $,,'
}

skills=ai.stigmer.agentic.skill.v1.SkillQueryController
control=pytest_stigmer.control.v1.ServiceControl
echo "health: $(call grpc.health.v1.Health/Check '')"
echo "clock: $(call "$control/SetClock" 2026-01-25T10:00:00.100Z)"
echo "get: $(call "$skills/get" skl-missing)"
grep -c 'get NOT_FOUND: Skill not found: skl-missing' "$folder/calls"
