using System.Text.Json.Nodes;
using Hutch.Formats.NxMx;

namespace Hutch.Formats.Tests.NxMx;

public sealed class ScanAxisTests
{
    [Fact]
    public void An_axis_whose_values_the_header_does_not_have_is_passed_over()
    {
        var nexus = (JsonObject)JsonNode.Parse(
            """
            {"sample": {"depends_on": "/entry/sample/transformations/phi", "transformations": {
              "phi@transformation_type": "rotation", "phi@depends_on": "omega",
              "omega": [10, 10.5, 11], "omega@transformation_type": "rotation", "omega@units": "deg", "omega@depends_on": "."}}}
            """)!;

        Assert.Equal(new ScanAxis("omega", 10, 0.5), ScanAxis.Find(nexus, "/entry"));
    }
}
