#!/bin/sh
# Builds the fuzz targets as OSS-Fuzz does: with its CC, CXX, CFLAGS, CXXFLAGS and
# LIB_FUZZING_ENGINE, within WORK; into OUT goes all that is needed to run them elsewhere.
# Arguments are passed to CMake.
# https://google.github.io/oss-fuzz/getting-started/new-project-guide/#buildsh
set -eu
: "${CXX:?}" "${CXXFLAGS:?}" "${LIB_FUZZING_ENGINE:?}" "${WORK:?}" "${OUT:?}"
tree=$(cd "$(dirname "$0")/.." && pwd)
build=$WORK/signhook

# The functions of fmt that are used are compiled here, with the given flags.
export CXXFLAGS="$CXXFLAGS -DFMT_HEADER_ONLY"

# The warnings of a compiler that we have not met stop nobody. A run path of the old kind also holds
# for what the libraries beside the targets need themselves.
cmake --fresh -S "$tree" -B "$build" -G "$(command -v ninja >/dev/null && echo Ninja || echo 'Unix Makefiles')" \
  -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF \
  -DCMAKE_BUILD_TYPE= -DCMAKE_UNITY_BUILD=ON \
  -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON "-DCMAKE_INSTALL_RPATH=\$ORIGIN/lib" \
  -DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags \
  -DSIGNHOOK_BUILD_FUZZERS=ON "-DSIGNHOOK_FUZZING_ENGINE=$LIB_FUZZING_ENGINE" \
  -DSIGNHOOK_BUILD_TESTS=OFF -DSIGNHOOK_BUILD_TOOLS=OFF -DSIGNHOOK_BUILD_EXAMPLES=OFF -DSIGNHOOK_INSTALL=OFF "$@"
cmake --build "$build" --parallel "$(nproc)"

mkdir -p "$OUT/lib"
for options in "$build"/fuzz/*.options; do
  target=${options%.options}
  cp "$target" "$target.options" "${target}_seed_corpus.zip" "$OUT"
  if [ -e "$target.dict" ]; then cp "$target.dict" "$OUT"; fi
  # The shared libraries it needs, but for the C library, which is the machine's.
  ldd "$target" | awk '$2 == "=>" && $3 ~ "/" { print $3 }' |
    grep -v -E '/(libc|libm|libdl|librt|libpthread|libresolv)\.so\.[0-9]+$' | xargs -r cp -u -L -t "$OUT/lib"
done
