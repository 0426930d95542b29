// What went wrong is read first: browsers that ignore `autofocus` on anything but a field are helped along.
const wrong = document.querySelector("[autofocus]");
if (wrong && document.activeElement !== wrong && !location.hash) wrong.focus();
