// Shows the OpenAPI document of this server. No library, nothing from elsewhere.
"use strict";

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== undefined && child !== null));
  return element;
};

// `code` in descriptions becomes <code>; everything else stays text.
const rich = text => (text ?? "").split("`").map((part, i) => i % 2 ? make("code", {}, part) : part);

const resolve = (api, schema) => schema?.$ref ? api.components.schemas[schema.$ref.split("/").pop()] : schema;

const typeOf = (api, schema) => {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.type === "array") return typeOf(api, schema.items) + "[]";
  if (Array.isArray(schema.type)) return schema.type.join(" or ");
  return schema.format ?? schema.type ?? "any";
};

const fields = (api, schema, seen = []) => {
  const known = resolve(api, schema);
  if (!known?.properties) return make("p", { class: "type" }, typeOf(api, schema));
  const rows = Object.entries(known.properties).map(([name, property]) => {
    const inner = property.type === "array" ? property.items : property;
    const target = inner?.$ref && !seen.includes(inner.$ref) ? inner : undefined;
    return make("tr", {},
      make("td", {}, make("code", { class: known.required?.includes(name) ? "required" : undefined }, name)),
      make("td", { class: "type" }, typeOf(api, property)),
      make("td", {}, ...rich(property.description),
        target ? make("details", {}, make("summary", {}, target.$ref.split("/").pop()), fields(api, target, [...seen, target.$ref])) : undefined));
  });
  return make("table", {}, ...rows);
};

const parameters = list => make("table", {}, ...list.map(p => make("tr", {},
  make("td", {}, make("code", { class: p.required ? "required" : undefined }, p.name)),
  make("td", { class: "type" }, p.in),
  make("td", {}, ...rich(p.description)))));

const content = (api, holder) => Object.entries(holder.content ?? {}).flatMap(([type, media]) => [
  make("p", { class: "type" }, type), media.schema ? fields(api, media.schema) : undefined]);

const operation = (api, path, method, op) => {
  const body = make("div", { class: "body" }, make("p", { class: "right" }, op.description ?? ""));
  if (op.parameters) body.append(make("h3", {}, "Parameters"), parameters(op.parameters));
  if (op.requestBody) {
    body.append(make("h3", {}, "Request"), make("p", {}, ...rich(op.requestBody.description)), ...content(api, op.requestBody).filter(Boolean));
  }
  for (const [status, answer] of Object.entries(op.responses)) {
    if (status === "default") continue;
    body.append(make("h3", {}, `Answer ${status}`), make("p", {}, ...rich(answer.description)), ...content(api, answer).filter(Boolean));
  }
  const details = make("details", { id: op.operationId },
    make("summary", {}, make("span", { class: `method ${method}` }, method.toUpperCase()), make("code", {}, path), make("span", { class: "text" }, op.summary)));
  // The tables are made when somebody looks: the page stays quick.
  details.addEventListener("toggle", () => { if (details.open && !body.isConnected) details.append(body); });
  details.dataset.text = `${method} ${path} ${op.summary}`.toLowerCase();
  return details;
};

const show = api => {
  document.getElementById("version").textContent = api.info.version;
  document.getElementById("about").append(...rich(api.info.description));
  document.getElementById("origin").textContent = location.origin;
  const main = document.getElementById("operations");
  const contents = document.getElementById("contents");
  for (const { name } of api.tags) {
    const section = make("section", {}, make("h2", { id: name }, name));
    contents.append(make("h2", {}, name));
    for (const [path, methods] of Object.entries(api.paths)) {
      for (const [method, op] of Object.entries(methods)) {
        if (!op.tags.includes(name)) continue;
        section.append(operation(api, path, method, op));
        contents.append(make("a", { href: `#${op.operationId}`, title: `${method.toUpperCase()} ${path}` }, op.summary));
      }
    }
    main.append(section);
  }
  const open = () => { const target = document.getElementById(location.hash.slice(1)); if (target?.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); } };
  addEventListener("hashchange", open);
  open();
};

document.getElementById("filter").addEventListener("input", event => {
  const wanted = event.target.value.toLowerCase();
  for (const details of document.querySelectorAll("main > section > details")) details.hidden = !details.dataset.text.includes(wanted);
  for (const section of document.querySelectorAll("main > section:not(.intro)")) section.hidden = !section.querySelector("details:not([hidden])");
});

fetch("/openapi/v1.json").then(answer => answer.json()).then(show).catch(error => {
  document.getElementById("about").textContent = `The document cannot be read: ${error.message}`;
});
