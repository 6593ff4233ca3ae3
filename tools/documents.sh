#!/bin/sh
# The same as documents.cmake, for Meson: tools/documents.sh build/meson/tools/signhook FOLDER
set -eu
tool=$1
folder=$2
# Made anew, so that the folders are newer than the program.
for part in man1 bash-completion zsh fish; do rm -rf "${folder:?}/$part"; done
mkdir -p "$folder/man1" "$folder/bash-completion/completions" "$folder/zsh/site-functions" \
  "$folder/fish/vendor_completions.d"
commands=$("$tool" manual --list)
"$tool" manual >"$folder/man1/signhook.1"
for command in $commands; do "$tool" manual "$command" >"$folder/man1/signhook-$command.1"; done
"$tool" completion bash >"$folder/bash-completion/completions/signhook"
"$tool" completion zsh >"$folder/zsh/site-functions/_signhook"
"$tool" completion fish >"$folder/fish/vendor_completions.d/signhook.fish"
