namespace Hutch.S3.Tests.Support;

/// <summary>Tests that look at the whole process, and so run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
