// The form: shows the chosen pictures, accepts dropped ones, and checks the upload's size before it is sent.


const form = document.getElementById("new");
const button = form.querySelector(":scope > button");
const buttonText = button.textContent;

function show(label) {
  const [file] = label.querySelector("input").files;
  const image = label.querySelector("img");
  if (image.src) URL.revokeObjectURL(image.src);
  image.hidden = !file;
  if (file) image.src = URL.createObjectURL(file);
}

function checkLength() {
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const length = inputs.flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0);
  inputs[0].setCustomValidity(length > Number(form.dataset.limit) ? form.dataset.tooLarge : "");
}

for (const label of form.querySelectorAll(".drop")) {
  const input = label.querySelector("input");
  input.addEventListener("change", () => { show(label); checkLength(); });
  label.querySelector("img").addEventListener("error", (event) => { event.target.hidden = true; });
  label.addEventListener("dragover", (event) => { event.preventDefault(); label.classList.add("over"); });
  label.addEventListener("dragleave", () => label.classList.remove("over"));
  label.addEventListener("drop", (event) => {
    event.preventDefault();
    label.classList.remove("over");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
}

form.addEventListener("submit", () => {
  button.disabled = true;
  button.textContent = button.dataset.sending;
});
addEventListener("pageshow", () => {
  button.disabled = false;
  button.textContent = buttonText;
});

