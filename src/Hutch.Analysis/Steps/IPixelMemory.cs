namespace Hutch.Analysis.Steps;

/// <summary>An analyser with memory of its own, into which its images are decoded.</summary>
internal interface IPixelMemory
{
    Span<byte> Pixels { get; }
}
