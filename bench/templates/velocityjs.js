// Renders a mapping template with velocityjs, its tree cached, and counts renders a CPU second. The
// body is read anew for each of them.
//
//   node velocityjs.js MODULES TEMPLATE BODY SECONDS
//
// Printed: renders a CPU second of the process, and one rendering.

const fs = require('fs');
const path = require('path');

const [modules, template, bodyFile, seconds] = process.argv.slice(2);
const { parse, Compile } = require(path.join(modules, 'velocityjs'));
const tree = parse(fs.readFileSync(template, 'utf8'));
const body = fs.readFileSync(bodyFile, 'utf8');

function escapeJavaScript(text) {
  return String(text).replace(/["'\\/\b\f\n\r\t]|[^\x20-\x7f]/g, (found) => {
    const short = { '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't' }[found];
    if (short) return '\\' + short;
    if (found.charCodeAt(0) < 0x80) return '\\' + found;
    return '\\u' + found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  });
}

// Paths of member names are all that the measured template has.
function select(document, jsonPath) {
  let found = document;
  for (const name of jsonPath.split('.').slice(1)) {
    if (found === undefined || found === null) return undefined;
    found = found[name];
  }
  return found;
}

const context = {
  requestId: '6f2b2d3e-8a55-4f0c-9a3e-0c6c0e6f7a11',
  stage: 'prod',
  identity: { sourceIp: '203.0.113.7' },
};

function render() {
  const document = JSON.parse(body);
  const values = {
    input: {
      path: (jsonPath) => select(document, jsonPath),
      json: (jsonPath) => JSON.stringify(select(document, jsonPath)),
      params: () => 'shop',
    },
    util: { escapeJavaScript },
    context,
    stageVariables: { tenant: 'acme' },
  };
  return new Compile(tree).render(values);
}

function rate(limit) {
  const began = process.cpuUsage();
  let renders = 0;
  for (;;) {
    for (let n = 0; n < 100; n++) render();
    renders += 100;
    const used = process.cpuUsage(began);
    const total = (used.user + used.system) / 1e6;
    if (total >= limit) return renders / total;
  }
}

rate(Number(seconds));
console.log(rate(3 * Number(seconds)));
process.stdout.write(render());
