# For nixpkgs: callPackage ./package.nix { }. The library alone; what its optional headers need stays with the user.
{ lib, stdenv, cmake, simdjson }:

let
  part = name: lib.head (builtins.match ".*#define SIGNHOOK_VERSION_${name} ([0-9]+).*" header);
  header = builtins.readFile ../../include/signhook/version.hpp;
in
stdenv.mkDerivation {
  pname = "signhook";
  version = lib.concatMapStringsSep "." part [ "MAJOR" "MINOR" "PATCH" ];

  src = builtins.path {
    path = ../..;
    name = "signhook-source";
    filter = path: type: !(builtins.elem (baseNameOf path) [ ".git" "build" ]);
  };

  outputs = [ "out" "dev" ];

  nativeBuildInputs = [ cmake ];
  propagatedBuildInputs = [ simdjson ];

  cmakeFlags = [
    "-DSIGNHOOK_BUILD_TESTS=OFF"
    "-DSIGNHOOK_BUILD_TOOLS=OFF"
    "-DSIGNHOOK_BUILD_EXAMPLES=OFF"
    "-DCMAKE_INSTALL_DATADIR=${placeholder "dev"}/share"
  ];

  # Everything is for development.
  postInstall = "mkdir -p $out";

  meta = {
    description = "Webhooks of CM.com Sign as typed events";
    homepage = "https://github.com/signhook/signhook";
    license = lib.licenses.boost;
    platforms = lib.platforms.unix;
  };
}
