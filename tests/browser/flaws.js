// Returns a sentence for everything on the page that axe does not look at and that would keep somebody out.
() => {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const name = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 160);
  const reads = (element) => (element.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
  const complain = (what, elements) => elements.forEach((element) => found.push(`${what}: ${name(element)}`));

  // One heading says what the page is, and its title begins with it or with another name for it.
  if (all("h1").filter(seen).length !== 1) found.push(`${all("h1").length} headings of the first level`);

  // Every control has a label of its own, in words.
  const controls = all("input:not([type=hidden]), select, textarea, button").filter((it) => !it.closest("[aria-hidden=true]"));
  const label = (it) =>
    it.matches("button") ? it.textContent : [...it.labels].map((one) => one.textContent).join("") || it.ariaLabel;
  complain("no label", controls.filter((it) => !label(it)?.trim()));

  // Every error is read out with its control or its group, and every control that is wrong says why.
  const described = new Set(all("[aria-describedby]").flatMap(reads));
  complain("an error that nothing refers to", all(".error, .hint[id]").filter((it) => !described.has(it.id)));
  const says = (it) => reads(it).some((id) => document.getElementById(id)?.matches(".error"));
  complain("wrong without a reason", all("[aria-invalid=true]").filter((it) => !says(it)));
  complain("described by what is not there", all("[aria-describedby]").filter((it) => reads(it).some((id) => !document.getElementById(id))));

  // Answers that belong together are in a group that has a name.
  const together = Map.groupBy(controls.filter((it) => it.matches("[type=radio], [type=checkbox]") && it.name), (it) => it.name);
  for (const [, boxes] of together) {
    const grouped = (it) => it.closest("fieldset")?.querySelector(":scope > legend")?.textContent.trim();
    if (boxes.length > 1) complain("not in a named group", boxes.filter((it) => !grouped(it)));
  }

  // A finger hits what it aims at: 44 pixels for what one mainly does, 24 for the rest.
  const main = ".button, .nav a, summary, select, textarea, input:not([type=checkbox], [type=radio], [type=hidden]), .choice, .card-link, .day";
  const size = (it) => (it.matches(".card-link") ? it.closest(".card") : it).getBoundingClientRect();
  complain("less than 44 pixels high", all(main).filter((it) => seen(it) && !it.closest(".visually-hidden") && !it.matches(".visually-hidden") && size(it).height < 43.9));
  const inline = (it) => getComputedStyle(it).display === "inline"; // axe looks at what stands around these
  const small = (it) => size(it).height < 23.9 || size(it).width < 23.9;
  complain("less than 24 pixels", all("a, button, summary, label").filter((it) => seen(it) && !it.matches(".skip, .visually-hidden") && !inline(it) && small(it)));

  // Whoever moves with the keyboard sees where they are.
  const outlined = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  for (const it of all("a, button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']").filter((it) => seen(it) && it.tabIndex >= 0)) {
    it.focus();
    if (document.activeElement !== it || !it.matches(":focus-visible")) continue;
    if (!outlined(getComputedStyle(it)) && !outlined(getComputedStyle(it, "::after"))) found.push(`no outline: ${name(it)}`);
  }
  return found;
}
