# One CycloneDX document of three lists: NuGet's packages, npm's, and .NET inside the executables. The arguments are pairs such as "linux-x64 10.0.15".
def runtime($name; $rid; $version): {
  type: "framework",
  name: "\($name).\($rid)",
  version: $version,
  purl: "pkg:nuget/\($name).\($rid)@\($version)",
  "bom-ref": "pkg:nuget/\($name).\($rid)@\($version)",
  licenses: [{ license: { id: "MIT" } }]
};
def runtimes: $ARGS.positional[] | split(" ") as [$rid, $version]
  | runtime("Microsoft.NETCore.App.Runtime", "Microsoft.AspNetCore.App.Runtime"; $rid; $version);
{
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  version: 1,
  metadata: {
    timestamp: $time,
    component: {
      type: "application",
      name: "hutch",
      version: $version,
      "bom-ref": "hutch",
      licenses: [{ license: { id: "Apache-2.0" } }]
    }
  },
  components: (
    [runtimes]
    + ($nuget[0].components | map(del(.authors)))
    + ($npm[0].components | map(del(.properties)))
    | unique_by(.purl)
  )
}
