// Entry point of the worker in a browser.
export {};
