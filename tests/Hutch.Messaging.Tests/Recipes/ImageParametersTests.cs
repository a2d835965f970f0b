using System.Text.Json;
using Hutch.Messaging.Recipes;

namespace Hutch.Messaging.Tests.Recipes;

public sealed class ImageParametersTests
{
    [Fact]
    public void Parameters_of_a_recipe_become_those_of_the_step_and_the_payload_wins()
    {
        JsonElement recipe = JsonElement.Parse(
            """{"d_max": 30, "d_min": "1.5", "disable_parallax_correction": "False", "filter_ice": "True", "ice_rings_width": null, "dcid": 4711}""");
        JsonElement payload = JsonElement.Parse("""{"d_max": 20, "threshold_algorithm": "dispersion"}""");

        IReadOnlyDictionary<string, JsonElement> values = ImageParameters.ToStep(default, recipe, payload).Value;

        Assert.Equal(
            ["algorithm=\"dispersion\"", "dMax=20", "dMin=\"1.5\"", "iceFilter=true", "parallax=true", "preset=\"pia\""],
            values.Select(value => $"{value.Key}={value.Value.GetRawText()}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"index": true}""", "'index' asks for an indexing")]
    [InlineData("""{"disable_parallax_correction": "perhaps"}""", "it must be true or false")]
    public void What_the_service_cannot_do_is_refused(string parameters, string said)
    {
        Assert.Contains(said, ImageParameters.ToStep(JsonElement.Parse(parameters)).Error?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", null)]
    [InlineData("""{"scan_range": "7,7"}""", 7)]
    public void A_scan_range_names_one_image(string parameters, int? image)
    {
        Assert.Equal(image, ImageParameters.ImageOf(JsonElement.Parse(parameters)).Value);
    }

    [Theory]
    [InlineData("\"1,2\"")]
    [InlineData("\"0,0\"")]
    [InlineData("\"1\"")]
    [InlineData("7")]
    public void A_range_of_more_images_is_refused(string range)
    {
        Assert.Contains(
            "must be one image", ImageParameters.ImageOf(JsonElement.Parse($"{{\"scan_range\":{range}}}")).Error?.Message, StringComparison.Ordinal);
    }
}
