using System.Text;
using System.Text.Json;
using Hutch.Analysis.Statistics;
using Hutch.Model;

namespace Hutch.Analysis.Tests;

public sealed class ImageResultTests
{
    private static readonly ImageResult Row = new(7, new ImageStatistics(120, 100, 30, 123456, 1.75, 1.8, 0.1, 2.0000000000000004, 0.25));

    [Fact]
    public void A_row_is_one_line_of_JSON_with_the_names_that_peers_know()
    {
        Assert.Equal(
            """{"file-number":7,"n_spots_total":120,"n_spots_no_ice":100,"n_spots_4A":30,"total_intensity":123456,"estimated_d_min":1.75,"d_min_distl_method_1":1.8,"noisiness_method_1":0.1,"d_min_distl_method_2":2.0000000000000004,"noisiness_method_2":0.25}""",
            Row.ToJson());
    }

    [Fact]
    public void A_row_reads_back_as_it_was_written()
    {
        Assert.Equal(Row, ImageResult.ParseJson(Encoding.UTF8.GetBytes(Row.ToJson())).Value);
    }

    [Fact]
    public void The_table_has_a_column_for_each_key_of_the_row()
    {
        using JsonDocument json = JsonDocument.Parse(Row.ToJson());

        Assert.Equal(json.RootElement.EnumerateObject().Select(p => p.Name), ImageResult.CsvHeader.Split(','));
        Assert.Equal(json.RootElement.EnumerateObject().Select(p => p.Value.GetRawText()), Row.ToCsv().Split(','));
    }

    [Theory]
    [InlineData("{"), InlineData("[]"), InlineData("{\"file-number\":1}"), InlineData("{\"file-number\":\"1\"}"), InlineData("")]
    public void What_is_no_row_is_refused_with_words(string line)
    {
        Result<ImageResult> result = ImageResult.ParseJson(Encoding.UTF8.GetBytes(line));

        Assert.Equal(ErrorCode.InvalidBody, result.Error?.Code);
    }
}
