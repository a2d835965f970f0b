// The build for browsers, which has everything in one module.
declare module "3dmol/build/3Dmol.es6-min.js" {
  export * from "3dmol";
}
