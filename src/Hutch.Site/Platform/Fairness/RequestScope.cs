namespace Hutch.Site.Platform.Fairness;

/// <summary>The work of the current execution context: set by a door for a request, read where bytes move, without parameters.</summary>
public static class RequestScope
{
    private static readonly AsyncLocal<ActiveRequest?> Now = new();

    /// <summary>The current work; null if none was begun.</summary>
    public static ActiveRequest? Current => Now.Value;

    /// <summary>The user of the current work; empty for the server's own work.</summary>
    public static string User => Now.Value?.User ?? "";

    public static RequestClass Class => Now.Value?.Class ?? RequestClass.Background;

    /// <summary>Makes work the current one, until the context ends or the result is disposed.</summary>
    internal static IDisposable Enter(ActiveRequest request, Action<ActiveRequest> onEnd)
    {
        ActiveRequest? before = Now.Value;
        Now.Value = request;
        return new ScopeEnd(request, before, onEnd);
    }

    private sealed class ScopeEnd(ActiveRequest request, ActiveRequest? before, Action<ActiveRequest> onEnd) : IDisposable
    {
        public void Dispose()
        {
            Now.Value = before;
            onEnd(request);
        }
    }
}
