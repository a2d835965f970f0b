using Hutch.Messaging.Recipes;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Datasets.Analyses;

/// <param name="Step">The step; for a recipe, that of its first node.</param>
/// <param name="Recipe">The recipe, with its own parameters put in, as messages carry it; null for none.</param>
internal sealed record AnalysisPlan(StepDeclaration Step, ParameterValues Values, JsonElement? Recipe)
{
    /// <summary>The policy of the recipe when frames come faster than they are analysed.</summary>
    public LagPolicy WhenBehind { get; init; }

    private const string StepPrefix = "hutch.";

    public static Result<AnalysisPlan> Read(AnalysisRequest wanted, NameRecord dataset, StepCatalog steps, RecipeQueues queues) =>
        wanted.Recipe is { } recipe
            ? ReadRecipe(wanted, recipe, dataset, steps, queues)
            : steps.Find(wanted.Step).Then(step => ParameterValues.Check(step, wanted.Parameters)
                .Then<AnalysisPlan>(values => new AnalysisPlan(step, values, null)));

    /// <summary>Reads a recipe: its parameters are put in, then it is checked, then where it sends to.</summary>
    private static Result<AnalysisPlan> ReadRecipe(
        AnalysisRequest wanted, JsonElement written, NameRecord dataset, StepCatalog steps, RecipeQueues queues)
    {
        if (wanted.Step is not null)
        {
            return ErrorCode.BadRequest.With("A recipe names its steps itself: leave out 'step'.");
        }

        if (!Fill(wanted, written, dataset).TryGet(out JsonElement filled, out HutchError? refusal)
            || !Messaging.Recipes.Recipe.ReadWhole(filled).TryGet(out Recipe? recipe, out refusal))
        {
            return refusal;
        }

        if (recipe.Start.Count != 1)
        {
            return Refused($"It has {recipe.Start.Count} starts. With a dataset it starts once, and its first node gets every frame.");
        }

        RecipeNode first = recipe.Nodes[recipe.Start[0].Node];
        if (recipe.Nodes.Values.Where(node => node != first).Select(node => queues.Find(node).Error).FirstOrDefault(e => e is not null)
            is { } forbidden)
        {
            return forbidden;
        }

        if (!LagPolicy.Parse(first.WhenBehind ?? "all").TryGet(out LagPolicy policy, out refusal))
        {
            return Refused($"Its \"when-behind\" is wrong: {refusal.Message}");
        }

        if (IsOfOthers(first))
        {
            // Only workers of the default namespace get frames, and the sender is one of those.
            return (wanted.Namespace ?? WorkerNamespace.Default) != WorkerNamespace.Default
                ? Refused($"It begins with a service of others, which has no namespace: leave out '{wanted.Namespace}'.")
                : queues.FindFirst(first).Then(_ => ParameterValues.Check(RunRecipe.Feed, []))
                    .Then<AnalysisPlan>(none => new AnalysisPlan(RunRecipe.Feed, none, recipe.Json) { WhenBehind = policy });
        }

        string[] outputs = [RecipeNode.PlainOutput, RunRecipe.RowOutput, RunRecipe.EndOutput];
        if (first.Outputs.Keys.FirstOrDefault(name => !outputs.Contains(name)) is { } unknown)
        {
            return Refused(
                $"Node {first.Number} has no output {Display.Quote(unknown)}: '{RunRecipe.RowOutput}' has a message for each row, "
                + $"'{RunRecipe.EndOutput}' one at the end.");
        }

        return ReadStep(first, steps).Then<AnalysisPlan>(
            found => new AnalysisPlan(found.Step, found.Values, recipe.Json) { WhenBehind = policy });
    }

    private static bool IsOfOthers(RecipeNode first) => first.Queue is { } queue
        && queue != ImageParameters.Queue && !queue.StartsWith(StepPrefix, StringComparison.Ordinal);

    private static Result<(StepDeclaration Step, ParameterValues Values)> ReadStep(RecipeNode node, StepCatalog steps)
    {
        bool isImage = node.Queue == ImageParameters.Queue;
        string? name = isImage ? ImageParameters.Step
            : node.Queue?.StartsWith(StepPrefix, StringComparison.Ordinal) == true ? node.Queue[StepPrefix.Length..]
            : null;
        if (steps.Steps.FirstOrDefault(step => step.Name == name) is not { } step)
        {
            return Refused(
                $"Node {node.Number} is for {Display.Quote(node.Queue ?? node.Topic)}. The first node is a step of this server: "
                + $"'{ImageParameters.Queue}', {string.Join(", ", steps.Steps.Select(known => $"'{StepPrefix}{known.Name}'"))}.");
        }

        Result<ParameterValues> values = isImage
            ? ImageParameters.ToStep(node.Parameters).Then(given => ParameterValues.Check(step, given))
            : ParameterValues.Check(
                step,
                node.Parameters.ValueKind == JsonValueKind.Object
                    ? node.Parameters.EnumerateObject().Select(one => KeyValuePair.Create(one.Name, one.Value))
                    : []);
        return values.Then<(StepDeclaration, ParameterValues)>(checkedValues => (step, checkedValues));
    }

    private static Result<JsonElement> Fill(AnalysisRequest wanted, JsonElement written, NameRecord dataset)
    {
        string text = written.GetRawText();
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
        {
            ["dataset"] = JsonElement.Parse($"\"{dataset.Dataset}\""),
            ["name"] = JsonElement.Parse($"\"{dataset.FullName}\""),
        };
        foreach ((string name, JsonElement value) in wanted.Parameters)
        {
            if (!text.Contains("{" + name, StringComparison.Ordinal) && !text.Contains(":" + name, StringComparison.Ordinal))
            {
                return Refused($"It has no place {{{name}}} for the parameter {Display.Quote(name)}.");
            }

            values[name] = value;
        }

        return RecipeParameters.Apply(written, values);
    }

    private static HutchError Refused(string what) => ErrorCode.Unprocessable.With("The recipe cannot be used: " + what);
}
