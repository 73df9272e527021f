"use strict";
// Builds a form for each operation of /openapi.json and sends what is filled in to this gateway.

const methods = ["get", "post", "put", "delete"];
let doc;

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// resolve follows a reference within the document.
function resolve(node) {
  while (node && node.$ref) {
    node = node.$ref.slice(2).split("/").reduce((at, key) => at[key.replace(/~1/g, "/").replace(/~0/g, "~")], doc);
  }
  return node || {};
}

function start(filter) {
  const main = document.getElementById("operations");
  main.replaceChildren();
  const byTag = new Map(doc.tags.map((tag) => [tag.name, []]));
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (!operation) continue;
      const parameters = [...(item.parameters || []), ...(operation.parameters || [])].map(resolve);
      const tag = (operation.tags || ["general"])[0];
      if (!byTag.has(tag)) byTag.set(tag, []);
      byTag.get(tag).push({ path, method, operation, parameters });
    }
  }
  for (const tag of doc.tags) {
    const shown = byTag.get(tag.name).filter((o) =>
      `${o.method} ${o.path} ${o.operation.operationId} ${o.operation.summary}`.toLowerCase().includes(filter));
    if (shown.length === 0) continue;
    main.append(element("h2", { id: tag.name }, tag.name + " ", element("small", {}, tag.description || "")));
    main.append(...shown.map(operationForm));
  }
}

function operationForm(o) {
  const details = element("details", { id: o.operation.operationId },
    element("summary", {},
      element("span", { className: "method " + o.method }, o.method.toUpperCase()), " ",
      element("code", { className: o.operation.deprecated ? "deprecated" : "" }, o.path), " ", o.operation.summary || ""));
  details.addEventListener("toggle", () => { if (details.childElementCount === 1) details.append(formOf(o)); });
  return details;
}

// exampleOf is what a field begins with.
function exampleOf(parameter) {
  const schema = resolve(parameter.schema);
  if (parameter.example !== undefined) return String(parameter.example);
  if (parameter.name === "number" && parameter.in === "path") return "+15550100001";
  if (parameter.name === "recipient" && parameter.in === "path") return "+15550100002";
  return schema.default !== undefined ? String(schema.default) : "";
}

function formOf(o) {
  const form = element("div", { className: "form" });
  if (o.operation.description) form.append(element("p", { className: "description" }, o.operation.description));
  const fields = o.parameters.filter((p) => p.in !== "header").map((parameter) => {
    const input = element("input", { value: exampleOf(parameter), spellcheck: false });
    form.append(element("label", {}, element("code", {}, parameter.name), " ",
      element("small", {}, (parameter.required ? "required. " : "") + (parameter.description || "")), input));
    return { parameter, input };
  });
  const content = resolve(o.operation.requestBody).content;
  let body;
  if (content && content["application/json"]) {
    const example = content["application/json"].example;
    body = element("textarea", { value: example === undefined ? "{}" : JSON.stringify(example, null, 2), spellcheck: false });
    form.append(element("label", {}, "Body ", element("small", {}, fieldsOf(content["application/json"].schema)), body));
  }
  const command = element("pre", {});
  const answer = element("div", {});
  const show = () => { command.textContent = curl(o.method, target(o.path, fields), body && body.value); };
  form.addEventListener("input", show);
  show();
  const button = element("button", { type: "button" }, "Send");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try { await send(o.method, target(o.path, fields), body && body.value, answer); } finally { button.disabled = false; }
  });
  form.append(command, button, answer, statusesOf(o.operation.responses));
  return form;
}

// fieldsOf lists the fields of a body.
function fieldsOf(schema) {
  const resolved = resolve(schema);
  return Object.entries(resolved.properties || {}).map(([name, property]) => {
    const required = (resolved.required || []).includes(name) ? "*" : "";
    const description = property.description || resolve(property).description;
    return name + required + (description ? ` (${description.trim()})` : "");
  }).join("; ");
}

function statusesOf(responses) {
  const rows = Object.entries(responses).map(([status, response]) =>
    element("tr", {}, element("td", {}, element("code", {}, status)), element("td", {}, resolve(response).description || "")));
  return element("details", {}, element("summary", {}, "Statuses"), element("table", {}, ...rows));
}

function target(path, fields) {
  const query = new URLSearchParams();
  for (const { parameter, input } of fields) {
    if (parameter.in === "path") {
      path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    } else if (input.value !== "") {
      const list = resolve(parameter.schema).type === "array";
      for (const value of list ? input.value.split(",") : [input.value]) query.append(parameter.name, value.trim());
    }
  }
  const text = query.toString();
  return path + (text ? "?" + text : "");
}

const quote = (text) => "'" + text.replaceAll("'", `'\\''`) + "'";

function curl(method, to, body) {
  return ["curl", method === "get" || method === "post" && body ? "" : "-X " + method.toUpperCase(),
    quote(location.origin + to), body ? "-d " + quote(body) : ""].filter(Boolean).join(" ");
}

async function send(method, to, body, into) {
  const begun = performance.now();
  let response;
  try {
    response = await fetch(to, { method: method.toUpperCase(), body: body || undefined, headers: body ? { "Content-Type": "application/json" } : {} });
    const type = response.headers.get("Content-Type") || "";
    const head = `${response.status} ${response.statusText}, ${Math.round(performance.now() - begun)} ms`;
    if (type.startsWith("image/")) {
      into.replaceChildren(element("p", {}, head), element("img", { src: URL.createObjectURL(await response.blob()), alt: "answer" }));
      return;
    }
    const text = await response.text();
    into.replaceChildren(element("p", {}, head), element("pre", {}, pretty(text, type)));
  } catch (error) {
    into.replaceChildren(element("pre", {}, String(error)));
  }
}

function pretty(text, type) {
  if (!type.includes("json")) return text;
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

async function main() {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`the document: ${response.status}`);
  doc = await response.json();
  const filter = document.getElementById("filter");
  filter.addEventListener("input", () => start(filter.value.toLowerCase()));
  start("");
  const named = document.getElementById(location.hash.slice(1));
  if (named && named.tagName === "DETAILS") named.open = true;
}

main().catch((error) => { document.getElementById("operations").textContent = String(error); });
