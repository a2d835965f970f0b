using System.Text;
using System.Text.Json.Nodes;
using Hutch.Detectors.DectrisStream;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Support;
using Hutch.Simulator;

namespace Hutch.Formats.Tests.NxMx;

public sealed class GridScanTests
{
    [Fact]
    public void Images_fill_a_grid_row_after_row() => Assert.Equal(
        [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)],
        Enumerable.Range(1, 6).Select(image => new GridScan(2, 3, false).CellOf(image)!.Value));

    [Fact]
    public void A_snaked_grid_goes_back_in_every_other_row() => Assert.Equal(
        [(1, 1), (1, 2), (1, 3), (2, 3), (2, 2), (2, 1)],
        Enumerable.Range(1, 6).Select(image => new GridScan(2, 3, true).CellOf(image)!.Value));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void An_image_beyond_the_grid_has_no_cell(int image) => Assert.Null(new GridScan(2, 3, true).CellOf(image));

    [Fact]
    public void The_header_of_a_stream_contains_the_grid()
    {
        var grid = new GridScan(3, 4, true);
        SimulatedStream stream = SimulatedStream.Simulate(
            Series.Tiny with { Images = 12 }, new StreamSeriesName(1, "a"), grid, [], TestContext.Current.CancellationToken).Value;
        var start = (StartMessage)StreamMessageReader.Read(stream.Start).Value;

        byte[] json = StreamHeader.Make(start, null).Value.Json.ToArray();

        Assert.Equal("""{"rows":3,"columns":4,"snaked":true}""", JsonNode.Parse(json)!["hutch"]!["grid"]!.ToJsonString());
        Assert.Equal(grid, FrameHeader.Parse(json).Value.Grid);
    }

    [Theory]
    [InlineData("[0, 1, 2, 2, 1, 0]", true)]
    [InlineData("[0, 1, 2, 0, 1, 2]", false)]
    public void An_axis_that_stays_where_a_row_ends_goes_back_the_way_it_came(string along, bool isSnaked) => Assert.Equal(
        new GridScan(2, 3, isSnaked),
        GridOf("""
            "nexus": {"sample": {"transformations": {
              "sam_x": ALONG, "sam_x@transformation_type": "translation",
              "sam_y": [0, 0, 0, 1, 1, 1], "sam_y@transformation_type": "translation"}}}
            """.Replace("ALONG", along, StringComparison.Ordinal)));

    [Theory]
    [InlineData("""
        "start": {"user_data": {"grid": {"rows": 0, "columns": 4}}}
        """)]
    [InlineData("""
        "start": {"user_data": {"grid": {"rows": 2.5, "columns": 4}}}
        """)]
    [InlineData("""
        "start": {"user_data": {"grid": [2, 4]}}
        """)]
    [InlineData("""
        "start": {"user_data": "grid"}
        """)]
    [InlineData("""
        "start": [], "nexus": 5
        """)]
    public void Invalid_grids_are_ignored(string fields) => Assert.Null(GridOf(fields));

    [Fact]
    public void A_header_from_before_grids_were_named_describes_the_same_series() => Assert.True(FrameHeader.AreOfOneSeries(
        """{"hutch": {"images": 5}, "a": 1}"""u8, """{"hutch": {"images": 6, "grid": {"rows": 2, "columns": 3, "snaked": false}}, "a": 1}"""u8));

    private static GridScan? GridOf(string fields) => FrameHeader.Parse(Encoding.UTF8.GetBytes(
        $$"""{"x_pixels_in_detector": 4, "y_pixels_in_detector": 3, "bit_depth_image": 16, {{fields}} }""")).Value.Grid;
}
