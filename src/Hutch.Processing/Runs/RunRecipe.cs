using System.Text.Json;
using Hutch.Model.Records;

namespace Hutch.Processing.Runs;

/// <summary>Keeps the recipe that a run was started with among the run's parameters, with its own parameters filled in.</summary>
public static class RunRecipe
{
    /// <summary>The parameter that holds it.</summary>
    public const string Parameter = "recipe";

    /// <summary>The output of a step of Hutch that has a message for each row; the one that a recipe without names means.</summary>
    public const string RowOutput = "result";

    /// <summary>The output that has one message when all rows have gone.</summary>
    public const string EndOutput = "end";

    /// <summary>The recipe of a run; null when it was started without one.</summary>
    public static JsonElement? Find(RunDescription run) => RunParameter.Find(run, Parameter);
}
