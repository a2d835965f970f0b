namespace Hutch.Site.Tests.Engines;

/// <summary>Where an append to a <see cref="MemoryLog"/> can be made to fail.</summary>
internal enum LogStep
{
    Turn,
    Read,
    BeforeAppend,
    AfterAppend,
}
