namespace Hutch.Site.Tests.Engines;

/// <summary>The log in memory that loses the answer of an append that happened.</summary>
public sealed class MemoryLogLosingAnswersTests : MemoryLogConformance
{
    protected override void LoseTheNextAppend() => Fail = static step =>
        step == LogStep.AfterAppend ? new TimeoutException("The answer was lost.") : null;
}
