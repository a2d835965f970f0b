namespace Hutch.Cluster;

/// <summary>Something that a look at the database or the bucket found.</summary>
/// <param name="IsProblem">Whether something must be done; else it is only good to know.</param>
/// <param name="What">What is the case, in a sentence.</param>
/// <param name="Advice">What to do, in a sentence.</param>
public sealed record EngineFinding(bool IsProblem, string What, string Advice)
{
    internal static EngineFinding Problem(string what, string advice) => new(true, what, advice);

    internal static EngineFinding Note(string what, string advice) => new(false, what, advice);
}
