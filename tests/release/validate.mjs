// SPDX-License-Identifier: BSL-1.0
// Validates a release's bills of materials: CycloneDX by CycloneDX's own library and by its schema, SPDX by its schema;
// what schemas cannot say, here. Broken copies prove that each can fail.
//   node validate.mjs FOLDER VERSION
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import addFormats2019 from 'ajv-formats-draft2019';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackageURL } from 'packageurl-js';
import parseLicence from 'spdx-expression-parse';

const [folder, version] = process.argv.slice(2);
const schema = (name) => JSON.parse(readFileSync(join('package/data', name), 'utf8'));
const text_of = (suffix) => readFileSync(join(folder, `signhook-${version}.${suffix}.json`), 'utf8');
const digest_of = (name) => createHash('sha256').update(readFileSync(join(folder, name))).digest('hex');

const spdx_schema = new Ajv2020({ strict: false, allErrors: false }).compile(schema('spdx-export.schema.json'));
const ajv = new Ajv({ strict: false, formats: { 'iri-reference': true, 'idn-email': true } });
addFormats(ajv);
addFormats2019(ajv);
for (const name of ['spdx.schema.json', 'jsf-0.82.schema.json', 'cryptography-defs.schema.json']) ajv.addSchema(schema(name));
const cyclonedx_schema = ajv.compile(schema('bom-1.6.schema.json'));
const cyclonedx_library = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

async function cyclonedx_faults(bill) {
  const faults = [];
  const error = await cyclonedx_library.validate(JSON.stringify(bill));
  if (error !== null) faults.push('the library of CycloneDX', error);
  if (!cyclonedx_schema(bill)) faults.push('the schema of CycloneDX', ...cyclonedx_schema.errors);
  const main = bill.metadata.component;
  const refs = new Set([main, ...bill.components].map((one) => one['bom-ref']));
  if (refs.size !== bill.components.length + 1) faults.push('a bom-ref is not unique');
  for (const { ref, dependsOn } of bill.dependencies)
    for (const one of [ref, ...dependsOn]) if (!refs.has(one)) faults.push(`${one} does not exist`);
  for (const one of [main, ...bill.components]) {
    PackageURL.fromString(one.purl);
    for (const { license } of one.licenses) parseLicence(license.id);
  }
  for (const { name, hashes } of main.components) if (hashes[0].content !== digest_of(name)) faults.push(`the hash of ${name}`);
  return faults;
}

async function spdx_faults(bill) {
  const faults = [];
  if (!spdx_schema(bill)) faults.push('the schema of SPDX', ...spdx_schema.errors.slice(0, 5));
  const elements = bill['@graph'].filter((one) => one.spdxId);
  const ids = new Set(elements.map((one) => one.spdxId));
  if (ids.size !== elements.length) faults.push('an spdxId is not unique');
  for (const one of elements) {
    for (const id of [one.from, ...(one.to ?? []), ...(one.element ?? []), ...(one.rootElement ?? [])])
      if (id !== undefined && !ids.has(id)) faults.push(`${id} does not exist`);
    if (one.software_packageUrl) PackageURL.fromString(one.software_packageUrl);
    if (one.simplelicensing_licenseExpression) parseLicence(one.simplelicensing_licenseExpression);
    if (one.type === 'software_File' && one.verifiedUsing[0].hashValue !== digest_of(one.name)) faults.push(`the hash of ${one.name}`);
  }
  const document = elements.find((one) => one.type === 'SpdxDocument');
  if (document?.element.length !== elements.length - 1) faults.push('the document does not list all elements');
  return faults;
}

// What SLSA 1.0 requires of a provenance, and the digests.
async function provenance_faults(statement) {
  const { buildDefinition, runDetails } = statement.predicate ?? {};
  const faults = [];
  if (statement._type !== 'https://in-toto.io/Statement/v1' || statement.predicateType !== 'https://slsa.dev/provenance/v1') faults.push('the type');
  if (!URL.canParse(buildDefinition?.buildType) || !URL.canParse(runDetails?.builder?.id)) faults.push('a required URI');
  if (Object.keys(buildDefinition?.externalParameters ?? {}).length === 0) faults.push('externalParameters');
  if (statement.subject?.length !== 4) faults.push('the number of files');
  for (const { name, digest } of statement.subject ?? []) if (digest.sha256 !== digest_of(name)) faults.push(`the hash of ${name}`);
  return faults;
}

// Each with a change that makes it invalid for each of its judges.
const bills = [
  ['cdx', cyclonedx_faults, [(bill) => { bill.components[0].type = 'thing'; }, (bill) => { bill.dependencies[0].dependsOn.push('x'); },
    (bill) => { bill.metadata.component.components[0].hashes[0].content = '0'.repeat(64); }]],
  ['spdx', spdx_faults, [(bill) => { bill['@graph'].push({ type: 'Thing' }); }, (bill) => { bill['@graph'].at(-1).to = ['urn:x']; },
    (bill) => { bill['@graph'].find((one) => one.type === 'software_File').name = 'SHA256SUMS'; }]],
  ['intoto', provenance_faults, [(bill) => { bill.subject[0].digest.sha256 = '0'.repeat(64); }, (bill) => { delete bill.predicate.runDetails; }]],
];
let failed = false;
for (const [suffix, faults_of, changes] of bills) {
  const faults = await faults_of(JSON.parse(text_of(suffix)));
  if (faults.length !== 0) {
    console.log(`${suffix}:`, ...faults);
    failed = true;
  }
  for (const change of changes) {
    const broken = JSON.parse(text_of(suffix));
    change(broken);
    if ((await faults_of(broken)).length === 0) {
      console.log(`${suffix}: a fault is not found: ${change}`);
      failed = true;
    }
  }
}
const names = JSON.parse(text_of('cdx')).components.map((one) => one.name);
console.log(`${names.length} dependencies: ${names.join(', ')}`);
process.exit(failed ? 1 : 0);
