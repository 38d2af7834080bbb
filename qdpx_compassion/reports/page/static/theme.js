// Light, dark, or as the system says; remembered where the browser allows it.
(() => {
  const KEY = "qdpx-compassion-theme";
  const field = document.querySelector(".theme");
  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const use = (theme) => {
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  };
  field.addEventListener("change", (event) => {
    use(event.target.value);
    try {
      localStorage.setItem(KEY, event.target.value);
    } catch {
      // A browser may refuse to remember anything for a file; the choice holds until the page is closed.
    }
  });
  const start = field.querySelector(`input[value="${remembered() === "dark" ? "dark" : remembered() === "light" ? "light" : "auto"}"]`);
  start.checked = true;
  use(start.value);
  field.hidden = false;

  // The section that is being read is marked in the navigation.
  const strip = document.querySelector(".contents");
  const links = new Map();
  for (const link of document.querySelectorAll(".contents a")) links.set(link.hash.slice(1), link);
  const seen = new Map();
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) seen.set(entry.target.id, entry.isIntersecting);
      let current = null;
      for (const id of links.keys()) if (current === null && seen.get(id)) current = id;
      for (const [id, link] of links) {
        if (id === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      const now = links.get(current); // on small screens the navigation is a strip that scrolls by itself
      if (now && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = now.offsetLeft - (strip.clientWidth - now.offsetWidth) / 2;
    },
    { rootMargin: "-20% 0px -70% 0px" },
  );
  for (const id of links.keys()) watcher.observe(document.getElementById(id));
})();
