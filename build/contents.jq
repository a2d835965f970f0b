# One CycloneDX document of three lists: NuGet's packages, npm's, and the .NET runtime inside the executable.
def runtime($name): {
  type: "framework",
  name: $name,
  version: $runtime,
  purl: "pkg:nuget/\($name)@\($runtime)",
  "bom-ref": "pkg:nuget/\($name)@\($runtime)",
  licenses: [{ license: { id: "MIT" } }]
};
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
    [runtime("Microsoft.NETCore.App.Runtime"), runtime("Microsoft.AspNetCore.App.Runtime")]
    + ($nuget[0].components | map(del(.authors)))
    + ($npm[0].components | map(del(.properties)))
    | unique_by(.purl)
  )
}
