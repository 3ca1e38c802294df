/* Runs before Streamlit's scripts: the app's language instead of the browser's, the chosen appearance, and the words
   that Streamlit brings along. The server puts the settings in. */
(() => {
  "use strict";
  const settings = /*SETTINGS*/ {};
  const root = document.documentElement;

  // Calendars, number formats and st.context.locale follow navigator.language.
  if (!navigator.language.toLowerCase().startsWith(settings.keep)) {
    const languages = Object.freeze([settings.locale]);
    Object.defineProperty(navigator, "language", { configurable: true, get: () => settings.locale });
    Object.defineProperty(navigator, "languages", { configurable: true, get: () => languages });
  }

  const appearance = root.dataset.appearance;
  if (appearance === "dark" || appearance === "light") {
    const ask = window.matchMedia.bind(window);
    window.matchMedia = (query) => {
      const found = /^\(prefers-color-scheme:\s*(dark|light)\)$/.exec(query);
      if (!found) return ask(query);
      const nothing = () => undefined;
      return {
        matches: found[1] === appearance, media: query, onchange: null,
        addEventListener: nothing, removeEventListener: nothing, addListener: nothing, removeListener: nothing,
        dispatchEvent: () => false,
      };
    };
  }
  // A choice that an older version of Streamlit's menu kept would outrank this one.
  for (const key of Object.keys(localStorage)) if (key.startsWith("stActiveTheme")) localStorage.removeItem(key);

  const words = new Map(Object.entries(settings.words));
  if (words.size === 0) return;
  const patterns = settings.patterns.map(([pattern, text]) => [new RegExp(pattern), text]);
  const ours = '[data-testid="stMarkdownContainer"],[data-testid="stHtml"],[data-testid="stJson"],pre,code,textarea,' +
    '[contenteditable="true"],[data-testid="stFileUploaderFileName"],[data-testid="stFileChipName"]';
  // Streamlit draws these words of its own as Markdown too.
  const theirs = '[data-testid="stFileUploaderDropzone"] button,[data-testid="stHeaderActionElements"],' +
    '[data-testid="stDateInputField"] [role="spinbutton"]';
  const attributes = ["placeholder", "aria-label", "title"];

  const isOurs = (element) => element.closest(ours) !== null && element.closest(theirs) === null;
  const translated = (text) => {
    const trimmed = text.trim();
    if (!trimmed || trimmed.length > 200) return null;
    const exact = words.get(trimmed);
    if (exact) return exact === trimmed ? null : text.replace(trimmed, () => exact);
    for (const [pattern, target] of patterns) {
      const found = pattern.exec(trimmed);
      if (found) return target.replace(/\{(\w+)\}/g, (_, name) => found.groups[name]);
    }
    return null;
  };
  const visitText = (node) => {
    if (!node.parentElement || isOurs(node.parentElement)) return;
    // an icon is a word drawn by a font
    if (node.parentElement.closest('[data-testid="stIconMaterial"]')) return;
    const text = translated(node.nodeValue);
    if (text !== null) node.nodeValue = text;
  };
  const visitElement = (element) => {
    if (isOurs(element)) return;
    for (const name of attributes) {
      const value = element.getAttribute(name);
      const text = value && translated(value);
      if (text) element.setAttribute(name, text);
    }
  };
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return visitText(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let next = node; next; next = walker.nextNode()) {
      if (next.nodeType === Node.TEXT_NODE) visitText(next);
      else visitElement(next);
    }
  };
  new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "childList") record.addedNodes.forEach(visit);
      else if (record.type === "characterData") visitText(record.target);
      else visitElement(record.target);
    }
  }).observe(root, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes,
  });
})();
