using System.Text.Json.Nodes;
using Hutch.Formats.NxMx;

namespace Hutch.Formats.Tests.NxMx;

/// <summary>That the chains are followed as DIALS does is in DialsTests.</summary>
public sealed class DetectorPlaneTests
{
    [Fact]
    public void A_detector_on_an_arm_is_where_its_transformations_bring_it()
    {
        DetectorPlane plane = DetectorPlane.FindTurned(Master(armDegrees: 90), "/entry")!;

        Assert.Equal(90, plane.TurnDegrees, 1e-9);
        AssertNear(new Vector(0.2, -0.02, 0.01), plane.Origin);
        AssertNear(new Vector(0, 0, 1e-4), plane.Fast);
        AssertNear(new Vector(0, -1e-4, 0), plane.Slow);
        Assert.Equal(plane, DetectorPlane.Read(JsonNode.Parse(plane.ToJson().ToJsonString())));
    }

    [Fact]
    public void A_detector_square_to_the_beam_needs_none() => Assert.Null(DetectorPlane.FindTurned(Master(armDegrees: 0), "/entry"));

    [Theory]
    [InlineData("two_theta@depends_on", "/entry/instrument/detector/transformations/two_theta")]
    [InlineData("two_theta@depends_on", "/entry/nowhere")]
    [InlineData("translation@units", "furlong")]
    [InlineData("two_theta@units", "m")]
    [InlineData("translation@vector", "[0, 0, 2]")]
    public void Chains_that_lead_nowhere_or_in_a_circle_or_have_strange_units_say_nothing(string attribute, string value)
    {
        JsonObject master = Master(armDegrees: 30);
        ((JsonObject)master["instrument"]!["detector"]!["transformations"]!)[attribute] =
            value.StartsWith('[') ? JsonNode.Parse(value) : value;

        Assert.Null(DetectorPlane.FindTurned(master, "/entry"));
    }

    [Theory]
    [InlineData("""{"origin": [0, 0, 0.1], "fast": [1e-4, 0, 0], "slow": [1e-4, 0, 0]}""")]
    [InlineData("""{"origin": [0.1, 0.1, 0], "fast": [1e-4, 0, 0], "slow": [0, 1e-4, 0]}""")]
    [InlineData("""{"origin": [0, 0, 1e300], "fast": [1e-4, 0, 0], "slow": [0, 1e-4, 0]}""")]
    [InlineData("""{"origin": [0, 0], "fast": [1e-4, 0, 0], "slow": [0, 1e-4, 0]}""")]
    [InlineData("""{"origin": "near"}""")]
    [InlineData("[1, 2]")]
    [InlineData("null")]
    public void What_no_detector_can_be_counts_as_none(string json) => Assert.Null(DetectorPlane.Read(JsonNode.Parse(json)));

    private static JsonObject Master(double armDegrees) => (JsonObject)JsonNode.Parse(
        $$$"""
        {"instrument": {"detector": {
          "transformations": {
            "translation": 200, "translation@transformation_type": "translation", "translation@vector": [0, 0, 1], "translation@units": "mm",
            "translation@depends_on": "two_theta",
            "two_theta": [{{{armDegrees}}}], "two_theta@transformation_type": "rotation", "two_theta@vector": [0, 2, 0], "two_theta@units": "deg",
            "two_theta@depends_on": "."},
          "module": {
            "module_offset": 0, "module_offset@transformation_type": "translation", "module_offset@vector": [1, 0, 0],
            "module_offset@offset": [-0.01, -0.02, 0], "module_offset@units": "m",
            "module_offset@depends_on": "/entry/instrument/detector/transformations/translation",
            "fast_pixel_direction": 0.1, "fast_pixel_direction@transformation_type": "translation", "fast_pixel_direction@vector": [-1, 0, 0],
            "fast_pixel_direction@units": "mm", "fast_pixel_direction@depends_on": "module_offset",
            "slow_pixel_direction": 0.1, "slow_pixel_direction@transformation_type": "translation", "slow_pixel_direction@vector": [0, -1, 0],
            "slow_pixel_direction@units": "mm", "slow_pixel_direction@depends_on": "module_offset"} } } }
        """)!;

    private static void AssertNear(Vector expected, Vector actual) => Assert.True((expected - actual).Length < 1e-12, $"{actual}");
}
