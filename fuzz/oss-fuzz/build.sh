#!/bin/bash -eu
"$SRC/signhook/fuzz/build.sh"
