#!/usr/bin/env bash
# Build wheel and sdist, install each in an empty environment, and audit there: a package that needs the checkout fails here.
# Usage: scripts/dist_check.sh PYTHON
set -euo pipefail
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m venv "$work/build"
"$work/build/bin/python" -m pip install --quiet --disable-pip-version-check build
"$work/build/bin/python" -m build --outdir "$work/dist" "$root" >"$work/log" 2>&1 || { tail -20 "$work/log"; exit 1; }

"$python" - "$work" <<'PY'
import csv, random, sys
draw = random.Random(0)
for name in ("source", "target"):
    with open(f"{sys.argv[1]}/{name}.csv", "w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["a", "b", "y"])
        for _ in range(80):
            a = draw.gauss(0, 1)
            table.writerow([a, draw.gauss(0, 1), "yes" if a > 0 else "no"])
PY

cd "$work"
for package in dist/*.whl dist/*.tar.gz; do
  rm -rf empty
  "$python" -m venv empty
  empty/bin/python -m pip install --quiet --disable-pip-version-check "$package"
  empty/bin/whytransfer --version
  code=0
  empty/bin/whytransfer audit source.csv target.csv --label y --use-target-labels --html a.html --json a.json -q || code=$?
  [[ $code == 0 || $code == 10 || $code == 11 ]] || { echo "$package: exit $code"; exit 1; }
  empty/bin/whytransfer report a.json --html b.html
  cmp a.html b.html
  empty/bin/whytransfer adapt source.csv target.csv --label y --methods mean_scale,dann --out p.csv >adapted 2>&1
  # No extra is installed: what each would add is said by its name.
  empty/bin/whytransfer audit source.csv target.csv --label y --text a >said 2>&1 && { echo "$package: --text without its extra"; exit 1; }
  for extra in deep text; do
    tr -d '\n' <adapted | cat - said | grep -q "whytransfer\[$extra\]" || { echo "$package: nothing names the extra $extra"; exit 1; }
  done
  echo "$package: installed in an empty environment, audited, adapted; extras are named"
done
