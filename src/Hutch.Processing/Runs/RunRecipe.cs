namespace Hutch.Processing.Runs;

/// <summary>Keeps the recipe that a run was started with among the run's parameters, with its own parameters filled in.</summary>
public static class RunRecipe
{
    public const string Parameter = "recipe";

    /// <summary>The output of a built-in step with a message for each row; the one that a recipe without names means.</summary>
    public const string RowOutput = "result";

    /// <summary>The output with one message after all rows were sent.</summary>
    public const string EndOutput = "end";

    /// <summary>Returns the recipe of a run; null when it was started without one.</summary>
    public static JsonElement? Find(RunDescription run) => RunParameter.Find(run, Parameter);
}
