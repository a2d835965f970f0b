using Hutch.Model.Parameters;

namespace Hutch.Processing.Runs;

/// <summary>Keeps the recipe that a run was started with among the run's parameters, with its own parameters filled in.</summary>
public static class RunRecipe
{
    public const string Parameter = "recipe";

    /// <summary>The output of a built-in step with a message for each row; the one that a recipe without names means.</summary>
    public const string RowOutput = "result";

    /// <summary>The output with one message after all rows were sent.</summary>
    public const string EndOutput = "end";

    /// <summary>
    /// The step of a run whose recipe begins with a service of others: each frame goes to its queue. The program has no form that a worker
    /// may declare.
    /// </summary>
    public static StepDeclaration Feed { get; } = new()
    {
        Name = "feed",
        Title = "Frames for a service",
        Description = "Sends each frame to the queue with which a recipe begins. A row says that the service opened the frame.",
        Program = "hutch/feed",
        Version = "1",
        OutputSuffix = "fed",
        OutputTitle = "Frames sent",
        Columns =
        [
            new ResultColumn
            {
                Name = "attempt",
                Title = "Attempt",
                Kind = ValueKind.WholeNumber,
                Description = "The message that the service opened: 1 for the first. Later ones replace messages that were not opened.",
            },
        ],
    };

    /// <summary>Returns true for a run whose recipe begins with a service of others.</summary>
    public static bool IsFeed(RunDescription run)
    {
        return run.Program == Feed.Program;
    }

    /// <summary>Returns the recipe of a run; null when it was started without one.</summary>
    public static JsonElement? Find(RunDescription run) => RunParameter.Find(run, Parameter);
}
