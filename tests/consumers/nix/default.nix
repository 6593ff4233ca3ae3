# Builds packaging/nix/package.nix without nixpkgs: this machine's compiler and CMake in the place of stdenv. As stdenv's
# setup hook of CMake does, it puts the headers into the output `dev` by an absolute CMAKE_INSTALL_INCLUDEDIR.
{ source, path }:

let
  mkDerivation = attributes: derivation {
    inherit (attributes) outputs src;
    name = "${attributes.pname}-${attributes.version}";
    system = builtins.currentSystem;
    PATH = path;
    builder = "/bin/sh";
    args = [
      "-euc"
      ''
        cmake -S $src -B build ${toString attributes.cmakeFlags} -DCMAKE_INSTALL_PREFIX=$out -DCMAKE_INSTALL_INCLUDEDIR=$dev/include
        cmake --install build
        ${attributes.postInstall}
      ''
    ];
  };
in
import (source + "/packaging/nix/package.nix") {
  lib = {
    head = builtins.head;
    concatMapStringsSep = separator: f: list: builtins.concatStringsSep separator (map f list);
    licenses.boost = { };
    platforms.unix = [ ];
  };
  stdenv = { inherit mkDerivation; };
  cmake = "";
  simdjson = "";
}
