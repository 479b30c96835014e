# SPDX-License-Identifier: Apache-2.0
# What the scripts have in common: how a step is announced and how a preset is built. Sourced, never run.
# Knows nothing about what is built or tested.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export NINJA_STATUS="[%f/%t %es] "
# Another clone of the same commit, such as CI's, finds in the compiler's cache what this one built.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

step() { printf '==> %s\n' "$*" >&2; }

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# build_preset PRESET TARGET [CMAKE ARGUMENT...]: configures build/PRESET and builds the target there.
build_preset() {
  local preset=$1 target=$2
  shift 2
  step "configuring build/$preset"
  (cd "$root" && cmake --preset "$preset" "$@") >/dev/null # what is wrong comes on stderr
  step "building $target in build/$preset with $(nproc) jobs"
  cmake --build "$root/build/$preset" --target "$target" --parallel "$(nproc)" >&2
}
