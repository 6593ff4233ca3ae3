# Runs named jobs, as many at once as there are processors, prints what each printed when it ends, and counts.
# A job runs even if another failed. To be sourced in the root of the tree.
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
passed=0
failed=0
declare -A names=()

# start NAME COMMAND...: runs the job in the background.
start() {
  local log=$logs/$1
  {
    local begin=$SECONDS outcome=passed
    "${@:2}" >"$log" 2>&1 || outcome=FAILED
    times >"$log.times"
    echo "=== $1: $outcome in $((SECONDS - begin)) s, $(awk -F '[ms ]+' 'END { printf "%d", $1 * 60 + $2 + $3 * 60 + $4 }' "$log.times") s of a processor" >>"$log"
    [ "$outcome" = passed ]
  } &
  names[$!]=$1
}

# finish: waits for any job, and prints what it printed.
finish() {
  local job
  if wait -n -p job; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  cat "$logs/${names[$job]}"
  tail -n 1 "$logs/${names[$job]}" >>"$logs/ table"
  unset "names[$job]"
}

# job NAME COMMAND...: starts the job when a processor is free.
job() {
  [ "${#names[@]}" -lt "$(nproc)" ] || finish
  echo "=== $1"
  start "$@"
}

# alone NAME COMMAND...: the job has all processors.
alone() {
  start "$@"
  finish
}

# end: waits for all jobs, prints the seconds of each and the counts, and succeeds if all jobs have.
end() {
  while [ "${#names[@]}" -gt 0 ]; do finish; done
  echo
  cat "$logs/ table"
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}

workflow() { cmake --workflow --preset "$1"; }

# tidy CHECKS EXAMPLES: checks the program, the examples if EXAMPLES is ON, and what they use of the headers, in a unit
# for each target, which takes half the time. The check that is left out rejects such units.
tidy() {
  cmake --preset install -B build/tidy -DCMAKE_UNITY_BUILD_BATCH_SIZE=0 -DSIGNHOOK_BUILD_EXAMPLES="$2" \
    -DSIGNHOOK_BUILD_SERVERS=OFF >/dev/null || return 1
  find build/tidy -name 'unity_*.cxx' |
    xargs -n 1 clang-tidy --quiet -p build/tidy --extra-arg=-Wno-unknown-warning-option --checks="-bugprone-suspicious-include$1" 2>&1 |
    grep -v ' warnings generated'
  return "${PIPESTATUS[1]}"
}
