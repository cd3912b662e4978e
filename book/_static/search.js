/* The search page's summaries: none of a solution, and none where the browser refuses to fetch the pages. */
"use strict";

if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

{
  const htmlToText = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll(".nnlib-help").forEach((help) => help.remove());
    return htmlToText(page.documentElement.outerHTML, anchor);
  };
}
