"use strict";
(() => {
  const table = document.querySelector("table.launches");
  if (!table) return;
  const launches = [...table.tBodies];
  const tools = document.querySelector(".tools");
  const filter = document.getElementById("filter");
  const shown = document.getElementById("shown");
  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());

  const show = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const launch of launches) {
      launch.text ??= launch.textContent.toLowerCase();
      launch.hidden = !words.every((word) => launch.text.includes(word));
      count += launch.hidden ? 0 : 1;
    }
    shown.textContent = words.length ? `${count} of ${launches.length}` : "";
  };
  filter.addEventListener("input", show);

  const value = (launch, column, kind) => {
    const cell = launch.rows[0].cells[column];
    return kind === "number" ? Number(cell.dataset.value ?? cell.textContent) : cell.textContent;
  };
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const kind = head.dataset.sort;
      const order = (a, b) => kind === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });
      launches.sort((a, b) => order(value(a, column, kind), value(b, column, kind)) * (down ? -1 : 1));
      table.append(...launches);
    });
  });

  const open = () => {
    const launch = /^#l\d+$/.test(location.hash) && document.querySelector(location.hash);
    if (!launch) return;
    launch.hidden = false;
    launch.querySelector("details")?.setAttribute("open", "");
    launch.scrollIntoView();
  };
  window.addEventListener("hashchange", open);
  open();
})();
