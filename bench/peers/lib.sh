# Sourced by every run script: shared paths, the machine-wide measuring lock, medians.
set -euo pipefail
KIT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
OUT=${OUT:-$KIT/out} BUILD=$KIT/build
REPS=${REPS:-5}
LOCK=${BENCH_LOCK:-${TMPDIR:-/tmp}/bench.lock} # one lock for every measurement on the machine
export GOWORK=off # go/ is a module of its own, outside the workspace of the repository
mkdir -p "$OUT" "$BUILD"

# locked CMD...: run a command or shell function while holding the measuring lock.
locked() { ( flock 9; "$@" 9>&- ) 9>>"$LOCK"; }

# repeat NAME FUNC: call FUNC $REPS times; it prints bench,peer,metric,value,unit
# lines. Raw lines go to out/NAME.raw.csv, medians to out/NAME.csv and stdout.
repeat() {
  local name=$1 func=$2 rep
  : >"$OUT/$name.raw.csv"
  for rep in $(seq "$REPS"); do
    echo "$name: repetition $rep/$REPS" >&2
    $func >>"$OUT/$name.raw.csv"
  done
  median <"$OUT/$name.raw.csv" | tee "$OUT/$name.csv"
}

# median: bench,peer,metric,value,unit lines to bench,peer,metric,median,unit,min,max,n.
median() {
  echo bench,peer,metric,median,unit,min,max,n
  awk -F, '{ print NR "," $0 }' | sort -t, -k2,4 -k6,6 -k5,5g | awk -F, '
    function flush(m) {
      if (!n) return
      m = n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
      printf "%d,%s,%s,%s,%s,%s,%s,%d\n", first, head, m, unit, v[1], v[n], n, n
    }
    { k = $2 "," $3 "," $4
      if (k != head) { flush(); n = 0; head = k; unit = $6; first = $1 }
      if ($1 < first) first = $1
      v[++n] = $5 }
    END { flush() }' | sort -t, -n | cut -d, -f2-8,10
}
