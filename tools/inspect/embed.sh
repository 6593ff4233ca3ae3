#!/bin/sh
# Writes the page's files into a C++ source, which defines what assets.hpp declares:
#   embed.sh OUT FILE...
set -eu
out=$1
shift
{
  echo '#include "inspect/assets.hpp"'
  echo 'namespace {'
  for file; do
    name=$(basename "$file" | tr . _)
    echo "constexpr unsigned char $name[] = {"
    od -An -v -tu1 "$file" | sed 's/[0-9][0-9]*/&,/g'
    echo '};'
  done
  echo '}'
  echo 'const std::vector<asset>& inspect_assets() {'
  echo '  static const std::vector<asset> all = {'
  for file; do
    base=$(basename "$file")
    name=$(echo "$base" | tr . _)
    echo "    {\"$base\", {reinterpret_cast<const char*>($name), sizeof $name}},"
  done
  echo '  };'
  echo '  return all;'
  echo '}'
} >"$out"
