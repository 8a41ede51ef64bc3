/**
 * What the review page runs. It asks for nothing from anywhere: marks are kept in the page, and saved as a file by the browser.
 * Plain JavaScript, since it is read by the browser as it stands.
 */
export const reviewScript = `
"use strict";
const sections = [...document.querySelectorAll("section.person")];
const pressed = (section) => [...section.querySelectorAll('button[aria-pressed="true"]')].map((button) => Number(button.dataset.face));
const corrections = () => ({
  version: 1,
  people: sections.flatMap((section) => {
    const text = section.querySelector('input[type="text"]');
    const name = text.value.trim();
    const leaveOut = section.querySelector('input[type="checkbox"]').checked;
    const notThem = pressed(section);
    const named = name !== "" && name !== text.defaultValue;
    if (!named && !leaveOut && notThem.length === 0) return [];
    return [{ person: Number(section.dataset.person), ...(named && { name }), leaveOut, notThem }];
  }),
});
const tell = () => {
  const { people } = corrections();
  const faces = people.reduce((sum, { notThem }) => sum + notThem.length, 0);
  document.getElementById("count").textContent =
    people.length === 0 ? "Nothing marked." : people.length + " people changed, " + faces + " faces marked. Not saved.";
};
for (const button of document.querySelectorAll("button[data-face]"))
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    tell();
  });
for (const input of document.querySelectorAll("section.person input")) input.addEventListener("input", tell);
document.getElementById("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(corrections(), null, 1)], { type: "application/json" }));
  link.download = "corrections.json";
  link.click();
  document.getElementById("count").textContent = "Saved as corrections.json among your downloads.";
});
`;
