namespace Hutch.Site.Platform.Fairness;

/// <summary>
/// The work of the current execution context: set by a door for a request, and read where bytes are moved, so that no call in between must
/// pass it.
/// </summary>
public static class WorkScope
{
    private static readonly AsyncLocal<Work?> Now = new();

    /// <summary>The current work; null if none was begun.</summary>
    public static Work? Current => Now.Value;

    /// <summary>The user of the current work; empty for the server's own work.</summary>
    public static string User => Now.Value?.User ?? "";

    public static WorkClass Class => Now.Value?.Class ?? WorkClass.Background;

    /// <summary>Makes work the current one, until the context ends or the result is disposed.</summary>
    internal static IDisposable Enter(Work work, Action<Work> onEnd)
    {
        Work? before = Now.Value;
        Now.Value = work;
        return new Ending(work, before, onEnd);
    }

    private sealed class Ending(Work work, Work? before, Action<Work> onEnd) : IDisposable
    {
        public void Dispose()
        {
            Now.Value = before;
            onEnd(work);
        }
    }
}
