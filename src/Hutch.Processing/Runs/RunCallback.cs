using Hutch.Model.Records;

namespace Hutch.Processing.Runs;

/// <summary>How a run keeps the address to which its results are sent by HTTP: among its parameters.</summary>
public static class RunCallback
{
    /// <summary>The parameter that holds it.</summary>
    public const string Parameter = "callback";

    /// <summary>The address of a run; null when it was started without one.</summary>
    public static string? Find(RunDescription run) => RunParameter.Text(run, Parameter);
}
