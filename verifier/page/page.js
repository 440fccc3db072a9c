"use strict";
// Tables sort by a click on their heads. Without this script the page reads the same, unsorted.
// A fragment such as #sort=epochs,2,descending sorts when the page is opened, so that a sorted
// table can be linked to.
(function () {
  function key(row, column) {
    const cell = row.cells[column];
    const given = cell.getAttribute("data-sort");
    const value = given === null ? cell.textContent.trim() : given;
    // Amounts may be larger than a double holds exactly.
    return /^-?\d+$/.test(value) ? BigInt(value) : value;
  }

  function compare(a, b) {
    if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
    return typeof a === "bigint" ? -1 : 1;
  }

  function sort(table, column, direction) {
    const body = table.tBodies[0];
    const sign = direction === "descending" ? -1 : 1;
    const rows = Array.from(body.rows).map((row, place) => [key(row, column), place, row]);
    rows.sort((a, b) => sign * compare(a[0], b[0]) || a[1] - b[1]);
    rows.forEach((entry) => body.appendChild(entry[2]));
    Array.from(table.tHead.rows[0].cells).forEach((head, place) => {
      if (place === column) head.setAttribute("aria-sort", direction);
      else head.removeAttribute("aria-sort");
    });
  }

  function makeSortable(table) {
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) button.appendChild(head.firstChild);
      head.appendChild(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        sort(table, column, now === "ascending" ? "descending" : "ascending");
      });
    });
  }

  function sortByFragment() {
    const match = /^#sort=([a-z0-9-]+),(\d+),(ascending|descending)$/.exec(location.hash);
    const table = match && document.getElementById(match[1]);
    if (!table || !table.tHead || !table.tHead.rows[0].cells[Number(match[2])]) return;
    sort(table, Number(match[2]), match[3]);
    table.scrollIntoView();
  }

  document.querySelectorAll("table.sortable").forEach(makeSortable);
  window.addEventListener("hashchange", sortByFragment);
  sortByFragment();

  // On paper nothing can be opened.
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((one) => { one.open = true; });
  });
})();
