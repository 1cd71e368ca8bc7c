// Reads a page aloud where the browser can.
