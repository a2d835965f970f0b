using System.Text.Json.Nodes;

namespace Hutch.Capture.Tests;

public sealed class SeriesNamingTests
{
    private static readonly JsonObject Fields = JsonNode.Parse(
        """{"series_id": 7, "user_data": {"dcid": 4711, "visit": "mx123-1", "name": "Lysozyme (A)", "bad": "../../x", "empty": ""}}""")!.AsObject();

    [Theory]
    [InlineData("{dcid}", "4711")]
    [InlineData("{visit}/{dcid}", "crystallographers/4711")]
    [InlineData("alice/scan-{series_id}", "alice/scan-7")]
    [InlineData("{name}-{dcid}", "lysozyme-a-4711")]
    [InlineData("{series}", "01sim-7")]
    [InlineData("x{bad}", "x-x")]
    public void A_name_is_filled_from_the_start_message(string template, string name)
    {
        Assert.Equal(name, Naming(template).NameOf("01SIM_7", Fields, out string? problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("{nothing}", "The series does not say nothing.")]
    [InlineData("{empty}/{dcid}", "The series does not say empty.")]
    [InlineData("{series_id}", "'7' is too short for a name.")]
    public void A_name_that_cannot_be_filled_is_that_of_the_series(string template, string problem)
    {
        Assert.Equal("series-01sim-7", Naming(template).NameOf("01SIM_7", Fields, out string? said));
        Assert.Equal(problem, said);
    }

    [Fact]
    public void Without_a_start_the_name_is_that_of_the_series() =>
        Assert.Equal("series-01sim-7", Naming("{dcid}").NameOf("01SIM_7", null, out _));

    [Fact]
    public void A_taken_name_gets_the_end_of_the_name_of_the_series()
    {
        Assert.Equal("alice/4711-23456789abc", SeriesNaming.Beside("alice/4711", "01_23456789ABC", attempt: 1));
        Assert.Equal(63, SeriesNaming.Beside(new string('a', 63), "01_23456789ABC", attempt: 1).Length);
    }

    [Theory]
    [InlineData("series-1", "1", 3, "series-1-1-3")]
    [InlineData("4711", "Ä", 1, "4711-1")]
    [InlineData("4711", "Ä", 2, "4711-2")]
    public void An_alternative_name_that_is_also_taken_gets_a_number(string name, string series, int attempt, string other) =>
        Assert.Equal(other, SeriesNaming.Beside(name, series, attempt));

    [Fact]
    public void Only_the_name_of_the_dataset_is_cut_and_not_its_owner()
    {
        string owner = new('o', 60);

        string other = SeriesNaming.Beside($"{owner}/{new string('a', 63)}", "01_23456789ABC", attempt: 1);

        Assert.Equal($"{owner}/{new string('a', 51)}-23456789abc", other);
    }

    private static SeriesNaming Naming(string template) =>
        new(template, () => new Dictionary<string, string> { ["mx123-1"] = "crystallographers" });
}
