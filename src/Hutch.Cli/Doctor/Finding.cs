namespace Hutch.Cli.Doctor;

/// <summary>Something that a look at an installation found.</summary>
/// <param name="Problem">Whether something must be done; else it is only good to know.</param>
/// <param name="Check">What was looked at.</param>
/// <param name="What">What is the case.</param>
/// <param name="Advice">What to do.</param>
internal sealed record Finding(bool Problem, string Check, string What, string Advice);
