// SPDX-License-Identifier: BSL-1.0
// Checks the recipes for central repositories: hashes, addresses, and that all name the version.
//   node recipes.mjs FOLDER RELEASE VERSION
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, release, version] = process.argv.slice(2);
const text = (name) => readFileSync(join(folder, name), 'utf8');
const tarball = readFileSync(join(release, `signhook-${version}.tar.gz`));
const hash = (name, form) => createHash(name).update(tarball).digest(form);
const url = `https://github.com/signhook/signhook/releases/download/v${version}/signhook-${version}.tar.gz`;

const conan = 'conan-center-index/recipes/signhook';
assert.equal(text(`${conan}/config.yml`), `versions:\n  "${version}":\n    folder: all\n`);
assert.equal(text(`${conan}/all/conandata.yml`), `sources:\n  "${version}":\n    url: "${url}"\n    sha256: "${hash('sha256', 'hex')}"\n`);
const recipe = text(`${conan}/all/conanfile.py`);
for (const word of ['homepage = ', 'url = ', 'def source(self)', 'get(self, **self.conan_data["sources"][self.version]', 'package_type = "header-library"']) assert.ok(recipe.includes(word), word);
for (const word of ['set_version', 'exports_sources', 'version.hpp', 'load(']) assert.ok(!recipe.includes(word), word);
for (const name of ['conanfile.py', 'CMakeLists.txt', 'test_package.cpp']) assert.ok(text(`${conan}/all/test_package/${name}`));

const port = JSON.parse(text('vcpkg/ports/signhook/vcpkg.json'));
assert.deepEqual(Object.keys(port), ['name', 'version', 'description', 'homepage', 'license', 'dependencies', 'features'], 'as vcpkg format-manifest orders them');
assert.equal(port.version, version);

const bazel = 'bazel-central-registry/modules/signhook';
assert.deepEqual(JSON.parse(text(`${bazel}/${version}/source.json`)), { url, integrity: `sha256-${hash('sha256', 'base64')}`, strip_prefix: `signhook-${version}` });
assert.deepEqual(JSON.parse(text(`${bazel}/metadata.json`)).versions, [version]);
assert.ok(text(`${bazel}/${version}/MODULE.bazel`).includes(`version = "${version}"`));

assert.deepEqual(JSON.parse(text('wrapdb/releases.json')).signhook.versions, [`${version}-1`]);
assert.ok(text('wrapdb/subprojects/signhook.wrap').includes(url));
console.log('recipes for 4 central repositories');
