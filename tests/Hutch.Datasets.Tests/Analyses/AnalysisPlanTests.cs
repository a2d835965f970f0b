using System.Text.Json;
using Hutch.Datasets.Analyses;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;
using Hutch.Model.Records;
using Hutch.Model.Zone;
using Hutch.Processing.Runs;

namespace Hutch.Datasets.Tests.Analyses;

/// <summary>What recipes ask for when they are submitted with a dataset.</summary>
public sealed class AnalysisPlanTests
{
    private static readonly ParameterDeclaration Limit = new() { Name = "dMax", Title = "d max", Kind = ValueKind.Number, Description = "A limit." };

    private static readonly StepDeclaration Spots = new()
    {
        Name = "spots",
        Title = "Spots",
        Description = "Spots.",
        Program = "test/spots",
        OutputSuffix = "spots",
        OutputTitle = "Spots",
        Parameters = [Limit, Limit with { Name = "preset", Kind = ValueKind.Text }],
        Columns = [],
    };

    private static readonly StepDeclaration Bins = Spots with { Name = "bins", Program = "test/bins" };

    [Fact]
    public void Per_image_analysis_is_the_step_spots_with_the_defaults_of_Diamond()
    {
        AnalysisPlan plan = Read("""{"1":{"queue":"per_image_analysis","parameters":{"d_max":30,"dcid":1},"output":2},"2":{"queue":"out"},"start":[[1,[]]]}""").Value;

        Assert.Same(Spots, plan.Step);
        Assert.Equal((30, "pia"), (plan.Values.Number("dMax"), plan.Values.Text("preset")));
    }

    [Fact]
    public void Another_step_goes_by_its_name_and_its_own_parameters()
    {
        AnalysisPlan plan = Read("""{"7":{"queue":"hutch.bins","parameters":{"dMax":"3"}},"start":[[7,[]]]}""").Value;

        Assert.Same(Bins, plan.Step);
        Assert.Equal(3, plan.Values.Number("dMax"));
    }

    [Fact]
    public void The_parameters_of_a_recipe_are_put_in_and_so_is_the_dataset()
    {
        AnalysisPlan plan = Read(
            """{"1":{"queue":"hutch.bins","parameters":{"dMax":"{limit}"},"output":2},"2":{"queue":"out","parameters":{"of":"{name}","id":"{dataset}"}},"start":[[1,[]]]}""",
            ("limit", "5")).Value;

        Assert.Equal(5, plan.Values.Number("dMax"));
        Assert.Equal("anna/lysozyme", plan.Recipe!.Value.GetProperty("2").GetProperty("parameters").GetProperty("of").GetString());
        Assert.Equal(Dataset.Dataset.ToString(), plan.Recipe.Value.GetProperty("2").GetProperty("parameters").GetProperty("id").GetString());
    }

    [Fact]
    public void A_recipe_says_what_to_do_when_frames_come_too_fast()
    {
        Assert.Equal("every:5", Read("""{"1":{"queue":"hutch.bins","when-behind":"every:5"},"start":[[1,[]]]}""").Value.WhenBehind.ToString());
        Assert.Equal(LagPolicy.All, Read("""{"1":{"queue":"hutch.bins"},"start":[[1,[]]]}""").Value.WhenBehind);
    }

    [Theory]
    [InlineData("""{"1":{"queue":"hutch.bins","when-behind":"never"},"start":[[1,[]]]}""", "Its \"when-behind\" is wrong: 'never' does not say")]
    [InlineData("""{"1":{"queue":"run.command"},"start":[[1,[]]]}""", "Node 1 of the recipe cannot send to 'run.command': The operator")]
    [InlineData("""{"1":{"queue":"out","transport-delay":5},"start":[[1,[]]]}""", "It has a 'transport-delay', and the address of a frame")]
    [InlineData("""{"1":{"queue":"out","output":2},"2":{"queue":"forbidden"},"start":[[1,[]]]}""", "Node 2 of the recipe cannot send to 'forbidden'")]
    [InlineData("""{"1":{"queue":"out","when-behind":"never"},"start":[[1,[]]]}""", "Its \"when-behind\" is wrong")]
    [InlineData("""{"1":{"queue":"out","exchange":"amq.topic"},"start":[[1,[]]]}""", "not to a topic or an exchange")]
    [InlineData("""{"1":{"topic":"per_image_analysis"},"start":[[1,[]]]}""", "Node 1 is for 'per_image_analysis'. The first node")]
    [InlineData("""{"1":{"queue":"hutch.none"},"start":[[1,[]]]}""", "Node 1 is for 'hutch.none'. The first node")]
    [InlineData("""{"1":{"queue":"hutch.bins"},"start":[[1,[]],[1,[]]]}""", "It has 2 starts.")]
    [InlineData("""{"1":{"queue":"hutch.bins","output":2},"2":{"queue":"forbidden"},"start":[[1,[]]]}""", "Node 2 of the recipe cannot send to 'forbidden'")]
    [InlineData("""{"1":{"queue":"hutch.bins","output":2},"2":{"queue":"out","output":3},"3":{"queue":"forbidden"},"start":[[1,[]]]}""", "Node 3 of the recipe cannot send")]
    [InlineData("""{"1":{"queue":"hutch.bins","output":2},"2":{"topic":"out"},"start":[[1,[]]]}""", "not to a topic or an exchange")]
    [InlineData("""{"1":{"queue":"hutch.bins","output":{"every":2}},"2":{"queue":"out"},"start":[[1,[]]]}""", "Node 1 has no output 'every': 'result' has")]
    [InlineData("""{"1":{"queue":"hutch.bins","parameters":{"nope":1}},"start":[[1,[]]]}""", "The step 'bins' has no parameter 'nope'")]
    [InlineData("""{"1":{"queue":"per_image_analysis","parameters":{"d_max":"far"}},"start":[[1,[]]]}""", "dMax is 'far', but it must be a number")]
    [InlineData("""{"1":{"queue":"hutch.bins"}}""", "\"start\" is missing")]
    public void A_recipe_that_cannot_be_carried_out_is_refused_before_anything_begins(string recipe, string said)
    {
        Assert.Contains(said, Read(recipe).Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_that_begins_with_a_service_of_others_sends_the_frames_to_its_queue()
    {
        const string Theirs = """{"1":{"queue":"out","parameters":{"x":1},"output":{"any":2}},"2":{"queue":"out"},"start":[[1,[]]]}""";

        AnalysisPlan plan = Read(Theirs).Value;

        Assert.True(RunRecipe.IsFeed(new RunDescription(plan.Step.Program, "1", null, null, null!, "anna", "t")));
        Assert.Equal(JsonValueKind.Object, plan.Recipe!.Value.ValueKind);
        var elsewhere = new AnalysisRequest { Recipe = JsonElement.Parse(Theirs), Namespace = "trial" };
        Assert.Contains("leave out 'trial'", AnalysisPlan.Read(elsewhere, Dataset, Steps, Queues).Error?.Message, StringComparison.Ordinal);
        var unreachable = new RecipeQueues(new BusOptions { Url = "amqp://broker", RecipeQueues = ["out"] });
        Assert.Contains(
            "'server.publicUrl'", AnalysisPlan.Read(elsewhere with { Namespace = null }, Dataset, Steps, unreachable).Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_that_has_no_place_in_the_recipe_is_refused()
    {
        HutchError? error = Read("""{"1":{"queue":"hutch.bins"},"start":[[1,[]]]}""", ("dcid", "4711")).Error;

        Assert.Contains("It has no place {dcid} for the parameter 'dcid'.", error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_and_a_recipe_exclude_each_other()
    {
        var wanted = new AnalysisRequest { Step = "bins", Recipe = JsonElement.Parse("""{"1":{"queue":"hutch.bins"},"start":[[1,[]]]}""") };

        Assert.Equal(ErrorCode.BadRequest, AnalysisPlan.Read(wanted, Dataset, Steps, Queues).Error?.Code);
    }

    private static StepCatalog Steps { get; } = new([Spots, Bins]);

    private static RecipeQueues Queues { get; } = new(
        new BusOptions { Url = "amqp://broker", RecipeQueues = ["out"] }, new Uri("https://hutch.example.org/"));

    private static NameRecord Dataset { get; } = new(
        new DatasetId(Guid.NewGuid()), new PrincipalRecord(new PrincipalId(Guid.NewGuid()), PrincipalKind.User, "anna"), "lysozyme", Visibility.Private, default, new HomeRecord("0000000000000001", 1));

    private static Result<AnalysisPlan> Read(string recipe, params (string Name, string Value)[] parameters) => AnalysisPlan.Read(
        new AnalysisRequest
        {
            Recipe = JsonElement.Parse(recipe),
            Parameters = [.. parameters.Select(one => KeyValuePair.Create(one.Name, JsonElement.Parse($"\"{one.Value}\"")))],
        },
        Dataset, Steps, Queues);
}
