namespace Hutch.Site.Engines;

/// <param name="IsProblem">True if it must be fixed; false for information.</param>
public sealed record EngineFinding(bool IsProblem, string What, string Advice)
{
    public static EngineFinding Problem(string what, string advice) => new(true, what, advice);

    public static EngineFinding Record(string what, string advice) => new(false, what, advice);
}
