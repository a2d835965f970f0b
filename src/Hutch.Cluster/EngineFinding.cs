namespace Hutch.Cluster;

/// <summary>A finding of a check of the database or the bucket.</summary>
/// <param name="IsProblem">True if it must be fixed; false for information.</param>
/// <param name="What">The finding, in a sentence.</param>
/// <param name="Advice">The remedy, in a sentence.</param>
public sealed record EngineFinding(bool IsProblem, string What, string Advice)
{
    internal static EngineFinding Problem(string what, string advice) => new(true, what, advice);

    internal static EngineFinding Record(string what, string advice) => new(false, what, advice);
}
