#!/usr/bin/env bash
# Install the lowest versions that pyproject.toml allows, and run the tests that need no browser, no torch and no data beside the checkout.
# torch stays out: its lowest release is to be had from the package index with gigabytes of CUDA only.
# Usage: scripts/lowest.sh PYTHON [TESTS...]
set -euo pipefail
python=$1
shift
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
here=.venv-lowest

"$python" -m venv "$here"
"$here/bin/python" -m pip install --quiet --disable-pip-version-check uv
# Compiled at once: old releases hold escapes that Python warns of when it compiles them, which the tests would take for errors.
"$here/bin/uv" pip install --quiet --python "$here/bin/python" --compile-bytecode --resolution lowest-direct --editable '.[report,dask,text,test]'

export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 POT_BACKEND_DISABLE_PYTORCH=1
folders=(io claims problem summaries overlap hypotheses divergences theorems models estimators backtest diagnosis metrics choice robustness cli)
if [[ $# == 0 ]]; then
  set -- "${folders[@]/#/tests/}"
fi
"$here/bin/python" -m pytest -q -m "not coverage and not browser and not shared" -p no:cacheprovider "$@"
