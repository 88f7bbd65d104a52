// Files that the bundler (browser/bundle.go) turns into their text.
declare module "*.css" { const text: string; export default text }
declare module "*.svg" { const text: string; export default text }
