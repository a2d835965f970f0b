using System.Text;
using System.Text.Json;
using Hutch.Contracts;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Model.Tests.Parameters;

/// <summary>The values of parameters: what a declaration lets through, what it makes of it, what it says of the rest.</summary>
public sealed class ParameterValuesTests
{
    private static readonly StepDeclaration Step = new()
    {
        Name = "bin",
        Title = "Binning",
        Description = "Bins.",
        Program = "test/bin",
        OutputSuffix = "binned",
        OutputTitle = "Bins",
        Parameters =
        [
            Parameter("method", ValueKind.Text) with { Choices = ["sum", "mean"], Default = JsonElement.Parse("\"sum\"") },
            Parameter("factor", ValueKind.WholeNumber) with { Minimum = 2, Maximum = 16, Unit = "pixels" },
            Parameter("dMin", ValueKind.Number) with { ExclusiveMinimum = 0, Unit = "Å" },
            Parameter("mask", ValueKind.Boolean) with { Default = JsonElement.Parse("true") },
            Parameter("note", ValueKind.Text),
        ],
        Columns = [],
        CheckTogether = values => values.WholeNumber("factor") == 3 && values.Text("method") == "mean"
            ? ErrorCode.Unprocessable.With("No mean of three.")
            : null,
    };

    [Theory]
    [InlineData("{}", """{"method":"sum","mask":true}""")]
    [InlineData("""{"note":"x y","mask":false,"dMin":1.50,"factor":4,"method":"mean"}""", """{"method":"mean","factor":4,"dMin":1.5,"mask":false,"note":"x y"}""")]
    [InlineData("""{"mask":"false","dMin":"1.5e0","factor":"4","note":"7"}""", """{"method":"sum","factor":4,"dMin":1.5,"mask":false,"note":"7"}""")]
    [InlineData("""{"dMin":null,"method":null}""", """{"method":"sum","mask":true}""")]
    public void Values_are_kept_in_the_order_of_the_declaration_with_their_defaults_and_kinds(string given, string kept)
    {
        ParameterValues values = Check(given).Value;

        Assert.Equal(kept, Json(values));
        Assert.Equal(kept, Json(ParameterValues.Read(Step, JsonElement.Parse(kept[..^1] + ",\"follow\":true}")).Value));
    }

    [Theory]
    [InlineData("""{"method":"median"}""", "method is 'median', but it must be 'sum' or 'mean'.")]
    [InlineData("""{"method":1}""", "method is '1', but it must be text.")]
    [InlineData("""{"factor":1}""", "factor is '1', but it must be 2 pixels or more.")]
    [InlineData("""{"factor":17}""", "factor is '17', but it must be 16 pixels or less.")]
    [InlineData("""{"factor":2.5}""", "factor is '2.5', but it must be a whole number.")]
    [InlineData("""{"dMin":0}""", "dMin is '0', but it must be above 0 Å.")]
    [InlineData("""{"dMin":"NaN"}""", "dMin is 'NaN', but it must be a number.")]
    [InlineData("""{"dMin":"1e999"}""", "dMin is '1e999', but it must be a number.")]
    [InlineData("""{"dMin":[1]}""", "dMin is '[1]', but it must be a number.")]
    [InlineData("""{"mask":1}""", "mask is '1', but it must be true or false.")]
    [InlineData("""{"gain":1}""", "The step 'bin' has no parameter 'gain'. It has method, factor, dMin, mask, note.")]
    [InlineData("""{"factor":3,"method":"mean"}""", "No mean of three.")]
    public void Invalid_values_are_refused_with_the_name_of_the_parameter(string given, string message)
    {
        Result<ParameterValues> result = Check(given);

        Assert.Equal((ErrorCode.Unprocessable, message), (result.Error?.Code, result.Error?.Message));
    }

    [Fact]
    public void A_value_that_is_given_twice_is_refused()
    {
        KeyValuePair<string, JsonElement> one = KeyValuePair.Create("factor", JsonElement.Parse("4"));

        Assert.Equal("The parameter factor is given twice.", ParameterValues.Check(Step, [one, one]).Error?.Message);
    }

    [Fact]
    public void Values_are_read_by_the_kind_that_was_declared_and_only_those()
    {
        ParameterValues values = Check("""{"factor":4,"dMin":1.5}""").Value;

        Assert.Equal((4L, 1.5, "sum", true), (values.WholeNumber("factor"), values.Number("dMin"), values.Text("method"), values.Boolean("mask")));
        Assert.Null(values.Text("note"));
        Assert.Throws<ArgumentException>(() => values.Number("gain"));
    }

    [Fact]
    public void Old_runs_are_read_without_parameters_that_no_longer_exist()
    {
        Assert.Equal("""{"method":"mean","mask":true}""", Json(ParameterValues.Read(Step, JsonElement.Parse("""{"method":"mean","gain":2}""")).Value));
        Assert.Equal("""{"method":"sum","mask":true}""", Json(ParameterValues.Read(Step, null).Value));
    }

    [Theory]
    [InlineData("dMin", "--d-min"), InlineData("algorithm", "--algorithm"), InlineData("kernelHalfWidthX", "--kernel-half-width-x")]
    public void The_option_of_a_parameter_follows_from_its_name(string name, string option) =>
        Assert.Equal(option, Parameter(name, ValueKind.Number).Option);

    [Fact]
    public void A_catalog_finds_steps_by_name_and_the_first_one_without()
    {
        StepDeclaration other = Step with { Name = "other", Program = "test/other" };
        var catalog = new StepCatalog([Step, other]);

        Assert.Same(Step, catalog.Find(null).Value);
        Assert.Same(other, catalog.Find("other").Value);
        // N9: a step whose worker has stopped is not unknown.
        Assert.Equal("No worker offers an analysis step 'magic' at present. Steps: bin, other.", catalog.Find("magic").Error?.Message);
        Assert.Equal("This server has no analysis steps.", new StepCatalog([]).Find(null).Error?.Message);
        Assert.Throws<ArgumentException>(() => new StepCatalog([Step, Step with { Name = "other" }]));
        Assert.Throws<ArgumentException>(() => new StepCatalog([Step, Step with { Program = "test/other" }]));
    }

    [Fact]
    public void A_declaration_travels_as_JSON_without_its_code()
    {
        string json = JsonSerializer.Serialize(Step, HutchJson.Default.StepDeclaration);

        StepDeclaration read = JsonSerializer.Deserialize(json, HutchJson.Default.StepDeclaration)!;

        Assert.Contains("\"kind\":\"integer\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("checkTogether", json, StringComparison.Ordinal);
        Assert.DoesNotContain("option\"", json, StringComparison.Ordinal);
        Assert.Equal(json, JsonSerializer.Serialize(read, HutchJson.Default.StepDeclaration));
        Assert.Equal(Step.Parameters.Select(parameter => parameter.Name), read.Parameters.Select(parameter => parameter.Name));
    }

    private static ParameterDeclaration Parameter(string name, ValueKind kind) => new() { Name = name, Title = name, Kind = kind, Description = "It." };

    private static Result<ParameterValues> Check(string given) => ParameterValues.Check(
        Step, JsonElement.Parse(given).EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value)));

    private static string Json(ParameterValues values)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            values.WriteTo(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
