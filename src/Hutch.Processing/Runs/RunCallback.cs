namespace Hutch.Processing.Runs;

/// <summary>Keeps the HTTP callback address for a run's results among the run's parameters.</summary>
public static class RunCallback
{
    public const string Parameter = "callback";

    /// <summary>Returns the address of a run; null when it was started without one.</summary>
    public static string? Find(RunDescription run) => RunParameter.Text(run, Parameter);
}
