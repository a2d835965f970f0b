namespace Hutch.Datasets.Fairness;

/// <summary>
/// In whose name, and in which class, the current flow of work is done: set by a door for a request, read where large parts are moved, so
/// that no call in between must carry it.
/// </summary>
public static class WorkScope
{
    private static readonly AsyncLocal<Work?> Now = new();

    /// <summary>The user of the current work; empty for the server's own.</summary>
    public static string User => Now.Value?.User ?? "";

    /// <summary>The class of large parts of the current work.</summary>
    public static WorkClass Class => Now.Value?.Class ?? WorkClass.Bulk;

    /// <summary>Says whose work begins, until the flow ends or the result is disposed.</summary>
    public static IDisposable Begin(string user, WorkClass workClass)
    {
        Work? before = Now.Value;
        Now.Value = new Work(user, workClass);
        return new Ending(before);
    }

    private sealed record Work(string User, WorkClass Class);

    private sealed class Ending(Work? before) : IDisposable
    {
        public void Dispose() => Now.Value = before;
    }
}
