using System.Text.Json.Nodes;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;

namespace Hutch.Formats.Tests.NxMx;

public sealed class ScanAxisTests
{
    [Fact]
    public void An_axis_whose_values_the_header_does_not_have_is_passed_over()
    {
        ScanAxis? axis = ScanAxis.Find(Series(
            """
            {"sample": {"depends_on": "/entry/sample/transformations/phi", "transformations": {
              "phi@transformation_type": "rotation", "phi@depends_on": "omega",
              "omega": [10, 10.5, 11], "omega@transformation_type": "rotation", "omega@units": "deg", "omega@depends_on": "."}}}
            """));

        Assert.Equal(new ScanAxis("omega", 10, 0.5), axis);
    }

    [Theory]
    [InlineData("[0, 45, 90]", """ "omega_increment_set": 0.15, """, 0.15, 3)]
    [InlineData("[0, 45, 90]", """ "omega_increment_set": [0.15, 0.15, 0.15], """, 0.15, 3)]
    [InlineData("[0, 45, 90]", """ "omega_end": [0.15, 45.15, 90.15], """, 0.15, 3)]
    [InlineData("[0, 0.1, 0.2, 0, 0.1, 0.2]", "", 0.1, 2)]
    [InlineData("[0, 0.1, 90, 90.1]", "", 0.1, 2)]
    [InlineData("[0, 0.1, 0.2, 0.3]", "", 0.1, 0)]
    [InlineData("[0, 0.0997, 0.2004, 0.3001]", "", 0.1, 0)]
    [InlineData("[0, -0.5, -1]", "", -0.5, 0)]
    [InlineData("[5, 5, 5]", "", 0.0, 0)]
    public void The_increment_is_that_of_an_image_and_sweeps_are_found(string omega, string more, double increment, int sweeps)
    {
        ScanAxis? axis = ScanAxis.Find(Omega(omega, more));

        Assert.Equal(increment, axis!.IncrementDegrees!.Value, 3);
        Assert.Equal(sweeps, axis.Sweeps.Count);
    }

    [Theory]
    [InlineData("[0, 45, 90]", "")]
    [InlineData("[0, 0.1, 0.4]", """ "omega_increment_set": [0.1, 0.3, 0.5], """)]
    public void A_file_that_does_not_say_how_far_an_image_turns_gives_no_increment_and_a_note(string omega, string more)
    {
        SeriesDescription series = Omega(omega, more);

        Assert.Null(ScanAxis.Find(series)!.IncrementDegrees);
        Assert.Equal(
            "x_master.h5 does not say how far omega turns during an image: the oscillation is unknown.", Assert.Single(ScanAxis.NotesOf(series)));
    }

    [Fact]
    public void Sweeps_and_unknown_units_are_noted()
    {
        Assert.Equal(
            "x_master.h5 has 2 sweeps: omega begins anew at 0° at image 1, 90° at image 3.", Assert.Single(ScanAxis.NotesOf(Omega("[0, 0.1, 90, 90.1]", ""))));
        Assert.Equal(
            "omega of x_master.h5 is left out: its unit 'turns' is unknown, or not one of this quantity.",
            Assert.Single(ScanAxis.NotesOf(Omega("[0, 0.1]", "", "turns"))));
    }

    private static SeriesDescription Omega(string values, string more, string unit = "degrees") => Series(
        $$"""
        {"crystal": {"@NX_class": "NXsample", "depends_on": "/entry/crystal/transformations/omega", "transformations": {
          "omega": {{values}}, {{more}} "omega@transformation_type": "rotation", "omega@units": "{{unit}}", "omega@depends_on": "." } } }
        """);

    private static SeriesDescription Series(string nexus) => new()
    {
        Master = "x_master.h5",
        Images = 3,
        Channels = [""],
        Rows = 4,
        Columns = 6,
        Type = ElementType.Int32,
        Codec = FrameCodec.Lz4,
        EntryPath = "/entry",
        Nexus = (JsonObject)JsonNode.Parse(nexus)!,
        Arrays = [],
    };
}
